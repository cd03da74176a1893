/** Contacts of address books: Google and Outlook, each in its present and its older form. */
import type { Transformation } from '../transformations.ts';
import type { Preset, PresetSource } from './preset.ts';

const betweenValues = ' ::: ';

/** Google puts further values of one label into the same cell. */
const first = (column: string): PresetSource => ({
  column,
  transformations: [{ do: 'first', separator: betweenValues }],
});

/** "* " marks the default among labels and the groups that Google makes itself. */
const labels: readonly Transformation[] = [
  { do: 'replace', find: betweenValues, by: '; ' },
  { do: 'replace', find: '* ', by: '' },
];

const google: Preset = {
  key: 'google-contacts',
  label: 'Google contacts',
  dataset: 'customers',
  recognisedBy: [
    ['E-mail 1 - Value', 'Name Prefix'],
    ['Phone 1 - Value', 'Name Prefix'],
    ['Phonetic First Name', 'File As'],
    ['Given Name', 'Group Membership'],
  ],
  fields: {
    display_name: ['Name'],
    first_name: ['First Name', 'Given Name'],
    last_name: ['Last Name', 'Family Name'],
    email: [first('E-mail 1 - Value')],
    secondary_email: [first('E-mail 2 - Value')],
    phone: [first('Phone 1 - Value')],
    secondary_phone: [first('Phone 2 - Value')],
    company_name: [first('Organization Name'), first('Organization 1 - Name')],
    job_title: [first('Organization Title'), first('Organization 1 - Title')],
    website: [first('Website 1 - Value')],
    address_label: [
      { column: 'Address 1 - Label', transformations: labels },
      { column: 'Address 1 - Type', transformations: labels },
    ],
    address_line1: [first('Address 1 - Street')],
    address_line2: [first('Address 1 - Extended Address')],
    city: [first('Address 1 - City')],
    state_province: [first('Address 1 - Region')],
    postal_code: [first('Address 1 - Postal Code')],
    country: [first('Address 1 - Country')],
    date_of_birth: ['Birthday'],
    general_notes: ['Notes'],
    tags: [
      { column: 'Labels', transformations: labels },
      { column: 'Group Membership', transformations: labels },
    ],
    avatar_url: ['Photo'],
  },
  leftOut: {
    Occupation: 'The organisation’s title is the job title.',
    'Address 1 - Formatted': 'Its parts have columns of their own.',
    'Address 1 - PO Box': 'It has no field.',
    Location: 'It has no field.',
    Subject: 'It has no field.',
  },
};

/** What Outlook writes for a day that nobody entered, in English and French, and in German. */
const noDay: Transformation = {
  do: 'values',
  values: Object.fromEntries(
    ['0/0/00', '0/0/0000', '00/00/00', '00/00/0000'].flatMap((day) => [
      [day, ''],
      [day.replaceAll('/', '.'), ''],
    ]),
  ),
};

const otherPeople = 'It is about somebody else.';
const noField = 'It has no field.';
const formOfAddress = 'It is a form of address, such as Mr. or Dr.';
const switchboard = 'It is the switchboard of the company.';
const byName = 'It is a name in free words, by which no customer is found.';
const itsParts = 'Its parts have columns of their own.';

/** What Outlook writes where nobody has chosen. */
const noGender: Transformation = {
  do: 'values',
  values: { unspecified: '', 'keine angabe': '', 'non spécifié': '', 'non précisé': '' },
};

const outlook: Preset = {
  key: 'outlook-contacts',
  label: 'Outlook contacts',
  dataset: 'customers',
  recognisedBy: [
    ['E-mail Address', 'E-mail 2 Address', 'Business Phone'],
    ['First Name', 'Home Street', 'Business Street', 'Other Street'],
    ['Vorname', 'E-Mail-Adresse', 'Telefon geschäftlich'],
    ['Prénom', 'Adresse de messagerie', 'Téléphone (bureau)'],
  ],
  fields: {
    email: [
      'E-mail Address',
      'E-mail 2 Address',
      'E-mail 3 Address',
      'E-Mail-Adresse',
      'Adresse de messagerie',
    ],
    secondary_email: ['E-mail 2 Address', 'E-mail 3 Address', 'E-Mail 2: Adresse', 'Adresse de messagerie 2'],
    phone: [
      'Primary Phone',
      'Mobile Phone',
      'Business Phone',
      'Home Phone',
      'Other Phone',
      'Haupttelefon',
      'Mobiltelefon',
      'Telefon geschäftlich',
      'Telefon privat',
      'Weiteres Telefon',
      'Téléphone principal',
      'Tél. mobile',
      'Téléphone (bureau)',
      'Téléphone (domicile)',
      'Téléphone (autre)',
    ],
    secondary_phone: [
      'Mobile Phone',
      'Business Phone',
      'Home Phone',
      'Business Phone 2',
      'Home Phone 2',
      'Other Phone',
      'Mobiltelefon',
      'Telefon geschäftlich',
      'Telefon privat',
      'Telefon geschäftlich 2',
      'Telefon privat 2',
      'Weiteres Telefon',
      'Tél. mobile',
      'Téléphone (bureau)',
      'Téléphone (domicile)',
      'Téléphone 2 (bureau)',
      'Téléphone 2 (domicile)',
    ],
    // French has one word for the form of address and for the job; the second column of it is the job.
    job_title: ['Job Title', 'Position', 'Titre (2)'],
    company_name: ['Company', 'Firma', 'Société'],
    website: ['Web Page', 'Personal Web Page', 'Webseite', 'Page Web'],
    date_of_birth: ['Birthday', 'Geburtstag', 'Anniversaire'].map((column) => ({
      column,
      transformations: [noDay],
    })),
    general_notes: ['Notes', 'Notizen'],
    preferred_language: ['Language', 'Sprache', 'Langue'],
    gender: ['Gender', 'Geschlecht', 'Sexe'].map((column) => ({ column, transformations: [noGender] })),
    tags: ['Categories', 'Keywords', 'Kategorien', 'Stichwörter', 'Catégories', 'Mots clés'],
  },
  leftOut: {
    Title: formOfAddress,
    Anrede: formOfAddress,
    Titre: formOfAddress,
    'Telefon Firma': switchboard,
    'Téléphone société': switchboard,
    'Name Assistent': otherPeople,
    'Telefon Assistent': otherPeople,
    'Name des/der Vorgesetzten': otherPeople,
    'Nom de l’assistant(e)': otherPeople,
    'Téléphone de l’assistant(e)': otherPeople,
    Responsable: otherPeople,
    Beruf: 'The job title has a column of its own.',
    'Empfohlen von': byName,
    'Recommandé par': byName,
    Konto: noField,
    Ort: noField,
    'Company Main Phone': switchboard,
    'Car Phone': noField,
    'Radio Phone': noField,
    Callback: noField,
    Pager: noField,
    'TTY/TDD Phone': noField,
    Profession: 'The job title has a column of its own.',
    'Referred By': byName,
    'Manager’s Name': otherPeople,
    'Assistant’s Name': otherPeople,
    'Assistant’s Phone': otherPeople,
    'Business Address': itsParts,
    'Home Address': itsParts,
    'Other Address': itsParts,
    Account: noField,
    Location: noField,
    'Office Location': noField,
  },
};

export const addressBookPresets: readonly Preset[] = [google, outlook];
