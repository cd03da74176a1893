/**
 * Countries by code and by name (ISO 3166-1): alpha-2, alpha-3, the names in English and in further languages, and
 * names that people use without their being official. A name that means two countries in two languages is none.
 */
import { createRequire } from 'node:module';
import { plainSpelling } from './spelling.ts';

interface Locale {
  readonly countries: Readonly<Record<string, string | readonly string[]>>;
}

const require = createRequire(import.meta.url);
/** The library's own entrance loads some eighty languages; its files are taken one by one instead. */
const codes = require('i18n-iso-countries/codes.json') as readonly (readonly [
  string,
  string,
  string,
  string,
])[];
const languages =
  'en de fr es it nl pt pl sv da nb fi cs hu ro tr sk sl hr bg el ru uk et lv lt ar he ja ko zh vi th'.split(
    ' ',
  );

/** "Not available" is no way to write Namibia’s NA. */
const notAvailable = /^n\.?\s?\/\s?a\.?$|^n\.\s?a\.?$/i;

/** What the library's English list lacks: parts of the United Kingdom, former names, short names, usual codes. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  AE: ['Emirates', 'U.A.E.'],
  AX: ['Aland'],
  BA: ['Bosnia', 'Bosnia-Herzegovina', 'BiH'],
  BN: ['Brunei'],
  BL: ['Saint Barthelemy', 'St. Barts'],
  BO: ['Bolivia'],
  BQ: ['Caribbean Netherlands', 'Bonaire'],
  BV: ['Bouvetoya', 'Bouvet Island (Bouvetoya)'],
  CC: ['Cocos Islands', 'Keeling Islands'],
  CD: ['DR Congo', 'DRC', 'Congo-Kinshasa', 'Congo (Kinshasa)', 'Congo, Democratic Republic of the', 'Zaire'],
  CG: ['Congo-Brazzaville', 'Congo (Brazzaville)', 'Republic of Congo', 'Congo'],
  CH: ['Swiss', 'Schweiz', 'Suisse', 'Svizzera'],
  CN: ['PR China', 'P.R. China', 'PRC', 'Mainland China', 'China (PRC)'],
  CV: ['Cape Verde', 'Cabo Verde'],
  CZ: ['Czechia', 'Czech Rep.'],
  DE: ['Germany (Federal Republic)', 'BRD'],
  DO: ['Dominican Rep.'],
  FK: ['Falklands', 'Falkland Islands', 'Malvinas'],
  FM: ['Micronesia'],
  GB: [
    'Great Britain',
    'Britain',
    'England',
    'Scotland',
    'Wales',
    'Northern Ireland',
    'U.K.',
    'UK',
    'Gt. Britain',
  ],
  GR: ['Hellas', 'EL'],
  HK: ['Hong Kong', 'Hong Kong SAR', 'Hong Kong SAR China'],
  HM: ['Heard Island', 'Heard and McDonald Islands'],
  IE: ['Republic of Ireland', 'Eire', 'Éire'],
  IO: ['Chagos Archipelago', 'British Indian Ocean Territory (Chagos Archipelago)'],
  IR: ['Iran, Islamic Republic of'],
  KG: ['Kyrgyz Republic'],
  KN: ['St. Kitts and Nevis', 'St Kitts'],
  KP: ['North Korea', 'DPRK', 'Korea (North)', "Democratic People's Republic of Korea"],
  KR: ['South Korea', 'Korea', 'Korea (South)', 'ROK'],
  LA: ['Laos', 'Lao', 'Lao PDR'],
  LC: ['St. Lucia'],
  LY: ['Libya', 'Libyan Arab Jamahiriya'],
  MD: ['Moldova', 'Republic of Moldova'],
  MF: ['St. Martin', 'Saint Martin'],
  MK: ['Macedonia', 'FYROM', 'Former Yugoslav Republic of Macedonia'],
  MM: ['Burma', 'Myanmar (Burma)'],
  MO: ['Macau', 'Macao', 'Macau SAR China', 'Macao SAR'],
  NL: ['Holland', 'The Netherlands', 'Nederland'],
  NZ: ['Aotearoa', 'Aotearoa New Zealand'],
  PM: ['St. Pierre and Miquelon'],
  PN: ['Pitcairn Islands'],
  PS: ['Palestine', 'Palestinian Territory', 'Palestinian Territories', 'Palestinian Territory, Occupied'],
  RE: ['Reunion', 'Réunion'],
  RU: ['Russia', 'Russian Fed.'],
  SH: ['St. Helena', 'Saint Helena'],
  SK: ['Slovakia (Slovak Republic)', 'Slovak Republic', 'Slovakia'],
  ST: ['Sao Tome and Principe', 'Sao Tome'],
  SX: ['Sint Maarten', 'St. Maarten'],
  SY: ['Syria', 'Syrian Arab Republic'],
  SZ: ['Swaziland', 'Eswatini'],
  SJ: ['Svalbard', 'Svalbard & Jan Mayen Islands'],
  TL: ['East Timor', 'Timor Leste', 'Timor-Leste'],
  TR: ['Turkey', 'Türkiye', 'Turkiye'],
  TW: ['Taiwan', 'Republic of China', 'Chinese Taipei'],
  TZ: ['Tanzania'],
  UM: ['US Minor Outlying Islands', 'United States Minor Outlying Islands'],
  US: [
    'America',
    'United States',
    'U.S.',
    'U.S.A.',
    'USA',
    'The United States',
    'Estados Unidos',
    'EEUU',
    'EE.UU.',
  ],
  VA: ['Vatican', 'Vatican City', 'Holy See', 'Holy See (Vatican City State)'],
  VC: ['St. Vincent and the Grenadines', 'St. Vincent'],
  VE: ['Venezuela'],
  VG: ['British Virgin Islands'],
  VI: ['US Virgin Islands', 'U.S. Virgin Islands', 'United States Virgin Islands'],
  VN: ['Vietnam', 'Viet Nam'],
  XK: ['Kosovo'],
  AQ: ['Antarctica (the territory South of 60 deg S)'],
};

let spellings: ReadonlyMap<string, string> | undefined;

/** @param name a code or a name in any spelling. @returns the alpha-2 code, undefined when it is no country's. */
export function countryCodeFor(name: string): string | undefined {
  if (notAvailable.test(name)) return undefined;
  spellings ??= collect();
  return spellings.get(key(name)) ?? spellings.get(key(name).replace(/^the(?=.{4})/, ''));
}

function key(name: string): string {
  return plainSpelling(name.replaceAll('&', ' and ').replace(/\bst\.?\s/i, 'saint '));
}

/** Codes and aliases hold against every name; English names against those of other languages. */
function collect(): ReadonlyMap<string, string> {
  const claims = new Map<string, string>();
  for (const [alpha2, alpha3] of codes) {
    claims.set(key(alpha2), alpha2);
    claims.set(key(alpha3), alpha2);
  }
  claims.set('xk', 'XK').set('xkx', 'XK');
  for (const [code, names] of Object.entries(aliases)) for (const name of names) claims.set(key(name), code);
  claimNames(claims, 'en');
  const foreign = new Map<string, string>();
  const disputed = new Set<string>();
  for (const language of languages.slice(1)) {
    for (const [name, code] of namesIn(language)) {
      if ((foreign.get(name) ?? code) !== code) disputed.add(name);
      foreign.set(name, code);
    }
  }
  for (const [name, code] of foreign) if (!disputed.has(name) && !claims.has(name)) claims.set(name, code);
  return claims;
}

function claimNames(claims: Map<string, string>, language: string): void {
  for (const [name, code] of namesIn(language)) if (!claims.has(name)) claims.set(name, code);
}

function namesIn(language: string): [string, string][] {
  const { countries } = require(`i18n-iso-countries/langs/${language}.json`) as Locale;
  return Object.entries(countries).flatMap(([code, names]) =>
    (typeof names === 'string' ? [names] : names).map((name): [string, string] => [key(name), code]),
  );
}
