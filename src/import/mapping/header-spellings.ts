/**
 * What other people's files call a field, beside its own key, label and aliases. An alias belongs to the field
 * everywhere, in the API too; these are only guesses about files, so they weigh less. Compared by letters and
 * digits alone, in any case.
 */
import { normaliseSpelling } from '../../datasets/define-dataset.ts';

type Spellings = Readonly<Record<string, readonly string[]>>;

// biome-ignore format: a table reads better in lines that are full.
const address: Spellings = {
  address_line1: [
    'street address', 'street name', 'street line 1', 'street 1', 'addr', 'addr 1', 'address line',
    'full address', 'adresse', 'straße', 'strasse', 'rue', 'dirección', 'direccion',
    'calle', 'indirizzo', 'endereço', 'endereco', 'adres', 'straat', 'ulica', 'адрес', 'улица', '住所', '地址',
  ],
  address_line2: [
    'street 2', 'street line 2', 'street address 2', 'street address line 2', 'extended address', 'addr 2', 'apartment', 'apt',
    'suite', 'unit', 'address line 2 optional', 'adresszusatz', 'complément d’adresse', 'complement',
  ],
  city: [
    'town/city', 'city/town', 'city name', 'locality', 'municipality', 'suburb', 'ort', 'stadt', 'wohnort', 'ville', 'ciudad',
    'localidad', 'città', 'citta', 'cidade', 'plaats', 'woonplaats', 'stad', 'miasto', 'miejscowość', 'город', '市区町村', '城市',
  ],
  state_province: [
    'state/province', 'state/region', 'state/county', 'province/state', 'region/state', 'state name', 'state code', 'province code',
    'province name', 'prefecture', 'bundesland', 'kanton', 'département', 'provincia', 'estado', 'województwo', 'wojewodztwo',
    'область', 'регион', '都道府県', '省',
  ],
  postal_code: [
    'zip/postal code', 'postal/zip code', 'postal code/zip', 'zip/postcode', 'post code', 'postal', 'postal zip', 'zip postal',
    'pin code', 'pincode', 'eircode', 'plz', 'postleitzahl', 'code postal', 'cp', 'código postal', 'codigo postal', 'cap', 'cep',
    'kod pocztowy', 'postnummer', 'индекс', 'почтовый индекс', '郵便番号', '邮编',
  ],
  country: [
    'country/region', 'country name', 'nation', 'land', 'pays', 'país', 'pais', 'paese', 'nazione', 'kraj', 'страна', '国', '国家',
  ],
  country_code: ['country iso', 'iso country', 'iso country code', 'country iso code', 'country iso2', 'ländercode', 'cc'],
  latitude: ['lat', 'geo lat'],
  longitude: ['lng', 'lon', 'long', 'geo lng', 'geo long'],
  delivery_instructions: ['delivery notes', 'delivery note', 'shipping instructions', 'shipping notes', 'courier notes'],
  recipient_name: ['recipient', 'addressee', 'ship to name', 'ship to', 'attention', 'attn', 'shipping name'],
};

// biome-ignore format: a table reads better in lines that are full.
const customers: Spellings = {
  ...address,
  number: ['customer nr', 'client no', 'kundennummer', 'kunden nr', 'kundennr', 'numéro client', 'numero cliente', 'klantnummer'],
  first_name: [
    'fname', 'first', 'given names', 'given', 'christian name', 'vorname', 'prénom', 'prenom', 'nombre', 'primer nombre', 'nome',
    'voornaam', 'imię', 'imie', 'fornavn', 'förnamn', 'etunimi', 'křestní jméno', 'keresztnév', 'имя', '名',
  ],
  last_name: [
    'lname', 'last', 'second name', 'family', 'nachname', 'familienname', 'nom de famille', 'apellido', 'apellidos', 'cognome',
    'sobrenome', 'apelido', 'achternaam', 'nazwisko', 'etternavn', 'efternavn', 'efternamn', 'sukunimi', 'příjmení', 'vezetéknév',
    'фамилия', '姓',
  ],
  display_name: ['fullname', 'whole name', 'name full', 'complete name', 'person', 'nombre completo', 'nom complet', 'nome completo', 'фио', '氏名', '姓名'],
  email: [
    'email id', 'mail address', 'email addr', 'user email', 'e mail adresse', 'mailadresse', 'emailadresse', 'courriel',
    'adresse e-mail', 'adresse mail', 'correo', 'correo electrónico', 'correo electronico', 'posta elettronica', 'e-mailadres',
    'adres e-mail', 'epost', 'e-post', 'sähköposti', 'почта', 'электронная почта', 'メールアドレス', 'メール', '邮箱', '电子邮件',
  ],
  phone: [
    'phone no', 'phone nr', 'phone num', 'tel', 'tel no', 'telephone number', 'telephone no', 'telephone nr', 'mobile phone', 'mobile number', 'mobile no',
    'cell phone', 'cellphone', 'cell number', 'cell phone number', 'mobile phone number', 'contact number', 'contact no',
    'primary phone', 'main phone', 'daytime phone', 'telefon', 'telefonnummer', 'rufnummer', 'handy', 'mobil', 'mobiltelefon',
    'téléphone', 'numéro de téléphone', 'portable', 'teléfono', 'telefono', 'móvil', 'movil', 'cellulare', 'telefone', 'celular',
    'telefoon', 'telefoonnummer', 'puhelin', 'телефон', '電話番号', '電話', '电话', '手机',
  ],
  secondary_email: ['email secondary', 'alternate email', 'alternative email', 'alt email', 'other email', 'second email', 'backup email', 'personal email'],
  secondary_phone: [
    'phone secondary', 'alternate phone', 'alternative phone', 'alt phone', 'other phone', 'second phone', 'home phone', 'work phone',
    'business phone', 'office phone', 'evening phone', 'landline', 'home phone number', 'work phone number', 'other phone number',
  ],
  company_name: [
    'company/organization', 'company/account', 'business', 'firm', 'firm name', 'organisation name', 'organization name',
    'org', 'org name', 'employer', 'legal name', 'trading name', 'raw company name', 'firma', 'firmenname', 'unternehmen',
    'société', 'societe', 'entreprise', 'raison sociale', 'empresa', 'razón social', 'azienda', 'ragione sociale', 'bedrijf',
    'bedrijfsnaam', 'nazwa firmy', 'företag', 'фирма', 'компания', 'организация', '会社名', '公司',
  ],
  job_title: ['contact title', 'role title', 'job', 'job position', 'occupation', 'profession', 'designation', 'organization title', 'beruf', 'funktion', 'stellung', 'poste', 'cargo', 'puesto'],
  external_id: ['external key', 'external ref', 'external reference', 'foreign id', 'foreign key', 'legacy id', 'original id', 'import id'],
  date_of_birth: ['birth date', 'date of birth dob', 'born', 'born on', 'geburtsdatum', 'geburtstag', 'date de naissance', 'fecha de nacimiento', 'data di nascita', 'data de nascimento', 'geboortedatum', 'data urodzenia', 'дата рождения', '生年月日'],
  gender: ['sex', 'geschlecht', 'sexe', 'genre', 'sexo', 'género', 'genere', 'sesso', 'geslacht', 'płeć', 'пол'],
  website: ['web', 'web site', 'website url', 'web page', 'webpage', 'homepage', 'home page', 'url', 'web address', 'company website', 'site web', 'sitio web', 'sito web'],
  avatar_url: ['photo', 'photo url', 'avatar', 'image url', 'picture', 'profile picture', 'profile photo'],
  tax_id: ['tax number', 'tax no', 'vat id', 'vat no', 'vat registration number', 'vat reg no', 'ust idnr', 'ustid', 'umsatzsteuer id', 'siret', 'siren', 'nif', 'cif', 'partita iva', 'p iva', 'btw nummer', 'nip', 'ein', 'abn', 'gst number', 'cnpj', 'cpf', 'инн'],
  industry: ['sector', 'branche', 'vertical', 'business sector', 'industry sector'],
  business_type: ['type of business', 'business category'],
  annual_revenue: ['yearly revenue', 'company revenue', 'annual turnover', 'turnover', 'jahresumsatz'],
  type: ['type of customer', 'client type', 'kundentyp'],
  status: ['customer status', 'client status', 'contact status'],
  segment: ['customer segment', 'client segment'],
  source: ['customer source', 'client source', 'account source', 'acquisition source', 'how did you hear about us'],
  journey_stage: ['stage', 'customer stage', 'funnel stage', 'lifecycle'],
  tags: ['tag', 'tag list', 'customer tags', 'contact tags', 'keywords', 'categories', 'schlagwörter', 'étiquettes', 'etiquetas', 'tagi'],
  groups: ['group', 'customer group', 'group name', 'group names', 'kundengruppe', 'groupe'],
  general_notes: ['comments', 'comment', 'remarks', 'remark', 'memo', 'crm notes', 'customer notes', 'client notes', 'notizen', 'bemerkung', 'bemerkungen', 'anmerkungen', 'remarques', 'commentaires', 'notas', 'observaciones', 'opmerkingen', 'uwagi', 'notatki', 'примечание', 'заметки', '備考', '备注'],
  preferred_language: ['preferred language', 'language code', 'lang', 'sprache', 'langue', 'idioma', 'lingua', 'taal', 'język', 'язык'],
  preferred_currency: ['preferred currency', 'currency code', 'währung', 'devise', 'moneda', 'valuta', 'moeda', 'waluta', 'валюта'],
  timezone: ['time zone', 'tz', 'zeitzone', 'fuseau horaire', 'zona horaria'],
  marketing_opt_in: ['marketing consent', 'accepts marketing emails', 'opt in', 'opted in', 'marketing permission', 'gdpr consent', 'consent'],
  email_opt_in: ['email marketing opt in', 'email consent', 'email subscribed', 'subscribed to email', 'newsletter', 'newsletter opt in', 'newsletter subscription', 'email permission'],
  sms_opt_in: ['sms consent', 'sms subscribed', 'text opt in', 'sms marketing opt in', 'sms permission'],
  whatsapp_opt_in: ['whatsapp consent'],
  store_credit_balance: ['store credit balance', 'credit balance', 'account credit'],
  referred_by: ['referrer', 'referrer email', 'referred by email'],
  assigned_to: ['owner email', 'contact owner', 'account owner', 'company owner', 'lead owner', 'assignee', 'sales rep', 'salesperson', 'sales representative', 'account rep'],
  loyalty_tier: ['tier', 'membership tier', 'membership level', 'vip tier'],
  loyalty_points: ['points', 'points balance', 'loyalty points balance', 'reward points'],
  subscription_plan: ['plan', 'plan name', 'membership plan'],
  subscription_started_at: ['subscription date', 'subscribed at', 'subscribed on', 'subscription started', 'plan start date'],
  orders_count: ['orders', 'number of orders', 'no of orders', 'num orders', 'orders placed', 'purchase count', 'total purchases', 'historic number of orders', 'transaction count', 'total number of orders', 'lifetime orders'],
  total_spent: ['total spend', 'amount spent', 'spent', 'spend', 'total sales', 'lifetime value', 'ltv', 'clv', 'customer lifetime value', 'total amount spent', 'lifetime revenue', 'revenue'],
  first_order_at: ['first order date', 'first purchase', 'first purchase date', 'date of first order', 'first purchased'],
  last_order_at: ['last purchase', 'last purchase date', 'date of last order', 'last purchased', 'latest order', 'most recent order', 'most recent purchase'],
  created_at: ['created', 'created on', 'create date', 'created date', 'date created', 'creation date', 'created time', 'creation time', 'added', 'added on', 'date added', 'registered', 'registered at', 'registered on', 'registration date', 'date registered', 'sign up', 'sign up date', 'signup date', 'signed up', 'signed up at', 'joined', 'join date', 'joined at', 'date joined', 'customer since', 'client since', 'member since', 'profile created on', 'erstellt', 'erstellt am', 'angelegt am', 'kunde seit', 'date de création', 'fecha de alta', 'fecha de creación', 'data utworzenia'],
  last_contact_at: ['last contact date', 'last contacted', 'last activity', 'last activity date', 'date of last contact', 'last interaction'],
  next_follow_up_at: ['next follow up date', 'follow up date', 'follow up', 'next contact', 'next contact date'],
  last_seen_at: ['last seen at', 'last active', 'last active at', 'last login date', 'last login at', 'last visit'],
  username: ['user name', 'user login', 'login', 'login name', 'nutzername', 'benutzername', 'nom d’utilisateur', 'nombre de usuario'],
  emergency_contact_name: ['emergency contact', 'next of kin', 'next of kin name'],
  emergency_contact_phone: ['emergency phone', 'emergency number', 'emergency contact number', 'next of kin phone'],
};

// biome-ignore format: a table reads better in lines that are full.
const addresses: Spellings = {
  ...address,
  customer: ['email', 'email address', 'e-mail', 'customer number', 'customer no', 'customer', 'client id', 'client email', 'external id', 'customer external id', 'account number'],
  address_phone: ['telephone', 'tel', 'mobile', 'mobile phone', 'phone no', 'contact number', 'contact phone'],
  address_label: ['address label', 'address name', 'address nickname'],
  address_type: ['address type', 'type of address'],
  is_default_billing: ['default billing address', 'is billing', 'billing default'],
  is_default_shipping: ['default shipping address', 'is shipping', 'shipping default', 'default', 'is default', 'default address'],
  address_company: ['business name', 'organization', 'organisation', 'company name'],
  recipient_name: [...(address.recipient_name ?? []), 'name', 'full name', 'contact name', 'customer name'],
};

const email = [
  'email id',
  'mail address',
  'email addr',
  'e mail adresse',
  'courriel',
  'correo electrónico',
  'correo',
];
const created = [
  'created',
  'created on',
  'create date',
  'created date',
  'date created',
  'creation date',
  'date added',
  'added on',
  'timestamp',
];

// biome-ignore format: a table reads better in lines that are full.
const leads: Spellings = {
  email,
  segment: ['lead segment', 'quiz result', 'result', 'persona'],
  source: ['lead source', 'signup source', 'utm', 'channel'],
  quiz_completed: ['completed quiz', 'quiz', 'quiz done', 'completed'],
  converted: ['is customer', 'customer', 'purchased', 'has converted'],
  created_at: [...created, 'sign up date', 'signup date', 'subscribed at', 'date'],
  utm_source: ['campaign source', 'utmsource'],
  utm_medium: ['campaign medium', 'medium'],
  utm_campaign: ['campaign', 'campaign name'],
};

// biome-ignore format: a table reads better in lines that are full.
const orders: Spellings = {
  number: ['order', 'order number', 'order nr', 'order name', 'order ref', 'order reference', 'order code', 'name', 'number', 'bestellnummer', 'numéro de commande', 'número de pedido'],
  customer_email: ['customer', 'email', 'email address', 'e-mail', 'customer no', 'customer nr', 'customer code', 'customer external id', 'client id', 'client email', 'client', 'buyer email', 'billing email'],
  total: ['order total', 'total price', 'total amount', 'grand total', 'amount', 'order amount', 'order value', 'revenue'],
  subtotal: ['sub total', 'subtotal price', 'net amount', 'items total'],
  discount_total: ['discount amount', 'total discount', 'total discounts', 'discounts', 'cart discount amount'],
  item_count: ['items', 'number of items', 'item quantity', 'total items', 'total quantity', 'items sold'],
  currency: ['order currency', 'currency code'],
  status: ['order status', 'financial status', 'payment status', 'state'],
  created_at: [...created, 'order date', 'date of order', 'date', 'ordered at', 'ordered on', 'order created', 'placed at', 'placed on', 'purchase date', 'bestelldatum'],
  attribution_channel: ['channel', 'source', 'order source', 'attribution', 'sales channel', 'source name'],
  coupon_code: ['coupon', 'coupons', 'discount code', 'promo code', 'voucher', 'voucher code'],
  line_items: ['items json', 'order items', 'order lines', 'lines'],
  line_sku: ['lineitem sku', 'line item sku', 'item sku', 'product sku', 'product id', 'product code', 'item id', 'item code', 'article number', 'variant sku'],
  line_title: ['lineitem name', 'line item name', 'line item title', 'item', 'item name', 'item title', 'product', 'product name', 'product title', 'description', 'article'],
  line_quantity: ['lineitem quantity', 'line item quantity', 'qty', 'pieces', 'units', 'menge', 'quantité', 'cantidad'],
  line_unit_price: ['lineitem price', 'line item price', 'item price', 'price', 'product price', 'price each', 'unit cost', 'preis', 'einzelpreis', 'prix unitaire', 'precio'],
};

// biome-ignore format: a table reads better in lines that are full.
const pins: Spellings = {
  title: ['pin title', 'pin', 'name', 'pin name'],
  board_name: ['board name', 'board title', 'pinterest board'],
  status: ['pin status', 'state'],
  impressions: ['views', 'pin impressions', 'impression count'],
  saves: ['repins', 'save count', 'pin saves'],
  clicks: ['pin clicks', 'click count', 'outbound clicks', 'link clicks'],
  engagement_rate: ['engagement', 'er'],
  published_at: ['published', 'publish date', 'published on', 'date published', 'posted at', 'posted on', 'scheduled at'],
  link: ['destination link', 'destination url', 'target url', 'url', 'pin link'],
  pinterest_pin_id: ['pin id', 'pinterest pin'],
  created_at: created,
};

// biome-ignore format: a table reads better in lines that are full.
const quotes: Spellings = {
  text: ['quote', 'quote text', 'quotation', 'saying', 'content', 'body'],
  attribution: ['author', 'by', 'said by', 'attributed to', 'source', 'speaker'],
  collection: ['category', 'theme', 'topic', 'series'],
  mood: ['tone', 'feeling', 'emotion'],
  status: ['quote status', 'state'],
  created_at: created,
};

// biome-ignore format: a table reads better in lines that are full.
const assets: Spellings = {
  quote_text: ['quote text', 'quote id', 'text', 'quotation'],
  format: ['type', 'size', 'asset format', 'template', 'kind'],
  status: ['asset status', 'state'],
  quality_score: ['quality', 'score', 'rating'],
  url: ['link', 'asset url', 'file url', 'image url', 'download url'],
  created_at: created,
};

// biome-ignore format: a table reads better in lines that are full.
const analytics: Spellings = {
  date: ['day', 'metric date', 'report date', 'datum', 'fecha'],
  revenue: ['sales', 'total revenue', 'total sales', 'turnover', 'income', 'umsatz'],
  orders: ['order count', 'number of orders', 'orders count', 'total orders'],
  new_customers: ['customers', 'customers new', 'first time customers', 'new customer count'],
  new_leads: ['leads', 'leads new', 'signups', 'sign ups', 'new subscribers'],
  quiz_completions: ['quizzes', 'quizzes completed', 'quiz completed', 'completed quizzes'],
  pin_impressions: ['impressions', 'pinterest impressions'],
  pin_clicks: ['clicks', 'pinterest clicks', 'outbound clicks'],
};

const byDataset: Readonly<Record<string, Spellings>> = {
  customers,
  addresses,
  leads,
  orders,
  pins,
  quotes,
  assets,
  analytics,
};

/** Field keys of a dataset by the spellings that files use. @throws Error when two fields claim one: a bug of ours. */
export function headerSpellings(dataset: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [field, spellings] of Object.entries(byDataset[dataset] ?? {})) {
    for (const spelling of spellings) {
      const normal = normaliseSpelling(spelling);
      const holder = found.get(normal);
      if (holder !== undefined && holder !== field) {
        throw new Error(
          `The spelling "${spelling}" is claimed by ${dataset}.${holder} and ${dataset}.${field}.`,
        );
      }
      found.set(normal, field);
    }
  }
  return found;
}
