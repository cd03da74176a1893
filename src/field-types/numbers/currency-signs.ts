/** Signs and codes of currencies (ISO 4217), and how many decimals one has. */

const codes: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

const dollars = (
  'USD CAD AUD NZD HKD SGD TWD BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD XCG ' +
  'MXN ARS CLP COP CUP DOP UYU NIO BRL'
).split(' ');

/** What a sign may mean; the usual meaning comes first. */
const signs: ReadonlyMap<string, readonly string[]> = new Map([
  ['$', dollars],
  ['US$', ['USD']],
  ['$US', ['USD']],
  ['U$S', ['USD']],
  ['CA$', ['CAD']],
  ['C$', ['CAD', 'NIO']],
  ['$CA', ['CAD']],
  ['A$', ['AUD']],
  ['AU$', ['AUD']],
  ['NZ$', ['NZD']],
  ['HK$', ['HKD']],
  ['S$', ['SGD']],
  ['NT$', ['TWD']],
  ['MX$', ['MXN']],
  ['R$', ['BRL']],
  ['€', ['EUR']],
  ['EURO', ['EUR']],
  ['£', ['GBP', 'EGP', 'FKP', 'GIP', 'LBP', 'SDG', 'SHP', 'SSP', 'SYP']],
  ['¥', ['JPY', 'CNY']],
  ['￥', ['JPY', 'CNY']],
  ['円', ['JPY']],
  ['元', ['CNY']],
  ['RMB', ['CNY']],
  ['₹', ['INR']],
  ['RS', ['INR', 'PKR', 'LKR', 'NPR', 'MUR', 'SCR']],
  ['KR', ['SEK', 'NOK', 'DKK', 'ISK']],
  ['FR', ['CHF']],
  ['SFR', ['CHF']],
  ['ZŁ', ['PLN']],
  ['KČ', ['CZK']],
  ['FT', ['HUF']],
  ['LEI', ['RON', 'MDL']],
  ['ЛВ', ['BGN']],
  ['R', ['ZAR']],
  ['RP', ['IDR']],
  ['RM', ['MYR']],
  ['TL', ['TRY']],
  ['₺', ['TRY']],
  ['₽', ['RUB']],
  ['РУБ', ['RUB']],
  ['₴', ['UAH']],
  ['ГРН', ['UAH']],
  ['₩', ['KRW', 'KPW']],
  ['₪', ['ILS']],
  ['฿', ['THB']],
  ['₫', ['VND']],
  ['₱', ['PHP']],
  ['₦', ['NGN']],
  ['₵', ['GHS']],
  ['₡', ['CRC']],
  ['₲', ['PYG']],
  ['₸', ['KZT']],
  ['₼', ['AZN']],
  ['₾', ['GEL']],
  ['֏', ['AMD']],
  ['S/', ['PEN']],
  ['KSH', ['KES']],
  ['DH', ['AED', 'MAD']],
  ['DHS', ['AED', 'MAD']],
]);

/** Three capital letters that ISO 4217 gives to a currency. */
export function isCurrencyCode(text: string): boolean {
  return codes.has(text);
}

/** @returns the currencies that a sign or a code may mean, undefined when it means none. "kr." and "KR" are one. */
export function currenciesOf(text: string): readonly string[] | undefined {
  const upper = text.toUpperCase().replace(/\.$/, '');
  return codes.has(upper) ? [upper] : signs.get(upper);
}

const decimals = new Map<string, number>();

/** Decimals of a currency's minor unit: EUR 2, JPY 0, KWD 3. */
export function currencyDecimals(code: string): number {
  let count = decimals.get(code);
  if (count === undefined) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
    count = format.resolvedOptions().maximumFractionDigits ?? 2;
    decimals.set(code, count);
  }
  return count;
}
