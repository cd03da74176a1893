/** Headers of other products' customer files, and the fields that their columns are to feed. */
export interface CustomerFile {
  readonly file: string;
  readonly preset: string | null;
  readonly header: string;
  /** Field to column; the other columns are left out. */
  readonly feeds: Readonly<Record<string, string>>;
}

// biome-ignore format: a table reads better in lines that are full.
export const vendorFiles: readonly CustomerFile[] = [
  {
    file: 'google',
    preset: 'google-contacts',
    header: 'Name Prefix,First Name,Middle Name,Last Name,Name Suffix,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Nickname,File As,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Country,Address 1 - Street,Address 1 - Extended Address,Address 1 - City,Address 1 - Region,Address 1 - Postal Code,Address 1 - PO Box,Organization Name,Organization Title,Organization Department,Birthday,Event 1 - Label,Event 1 - Value,Relation 1 - Label,Relation 1 - Value,Website 1 - Label,Website 1 - Value,Custom Field 1 - Label,Custom Field 1 - Value,Notes,Labels',
    feeds: {
      first_name: 'First Name', last_name: 'Last Name', email: 'E-mail 1 - Value', phone: 'Phone 1 - Value',
      address_label: 'Address 1 - Label', country: 'Address 1 - Country', address_line1: 'Address 1 - Street',
      address_line2: 'Address 1 - Extended Address', city: 'Address 1 - City',
      state_province: 'Address 1 - Region', postal_code: 'Address 1 - Postal Code',
      company_name: 'Organization Name', job_title: 'Organization Title', date_of_birth: 'Birthday',
      website: 'Website 1 - Value', general_notes: 'Notes', tags: 'Labels',
    },
  },
  {
    file: 'google legacy',
    preset: 'google-contacts',
    header: 'Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Additional Name Yomi,Family Name Yomi,Name Prefix,Name Suffix,Initials,Nickname,Short Name,Maiden Name,Birthday,Gender,Location,Billing Information,Directory Server,Mileage,Occupation,Hobby,Sensitivity,Priority,Subject,Notes,Language,Photo,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Address 1 - Type,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,Organization 1 - Type,Organization 1 - Name,Organization 1 - Yomi Name,Organization 1 - Title,Organization 1 - Department,Organization 1 - Symbol,Organization 1 - Location,Organization 1 - Job Description',
    feeds: {
      display_name: 'Name', first_name: 'Given Name', last_name: 'Family Name', date_of_birth: 'Birthday',
      gender: 'Gender', general_notes: 'Notes', preferred_language: 'Language', avatar_url: 'Photo',
      tags: 'Group Membership', email: 'E-mail 1 - Value', phone: 'Phone 1 - Value',
      address_label: 'Address 1 - Type', address_line1: 'Address 1 - Street', city: 'Address 1 - City',
      state_province: 'Address 1 - Region', postal_code: 'Address 1 - Postal Code',
      country: 'Address 1 - Country', address_line2: 'Address 1 - Extended Address',
      company_name: 'Organization 1 - Name', job_title: 'Organization 1 - Title',
    },
  },
  {
    file: 'hubspot',
    preset: 'hubspot-contacts',
    header: 'Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Create Date,Last Modified Date,Contact Type,Lifecycle Stage,Lead Source,Stage of Journey,Next appointment date,Associated Deal,Associated Company,Associated Deal IDs',
    feeds: {
      external_id: 'Record ID', first_name: 'First Name', last_name: 'Last Name', email: 'Email',
      phone: 'Phone Number', created_at: 'Create Date', journey_stage: 'Lifecycle Stage', source: 'Lead Source',
      company_name: 'Associated Company',
    },
  },
  {
    file: 'hubspot companies',
    preset: 'hubspot-companies',
    header: 'Record ID,Company name,Website URL,Company owner,Create Date',
    feeds: {
      external_id: 'Record ID', company_name: 'Company name', website: 'Website URL', created_at: 'Create Date',
    },
  },
  {
    file: 'mailchimp',
    preset: 'mailchimp',
    header: 'Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES',
    feeds: {
      email: 'Email Address', first_name: 'First Name', last_name: 'Last Name', created_at: 'OPTIN_TIME',
      latitude: 'LATITUDE', longitude: 'LONGITUDE', timezone: 'TIMEZONE', country_code: 'CC',
      state_province: 'REGION', external_id: 'EUID', general_notes: 'NOTES',
    },
  },
  {
    file: 'mailchimp with tags',
    preset: 'mailchimp',
    header: 'Email,First Name,Last Name,Position,Company,ORIGIN,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS',
    feeds: {
      email: 'Email', first_name: 'First Name', last_name: 'Last Name', job_title: 'Position',
      company_name: 'Company', created_at: 'OPTIN_TIME', latitude: 'LATITUDE', longitude: 'LONGITUDE',
      timezone: 'TIMEZONE', country_code: 'CC', state_province: 'REGION', external_id: 'EUID',
      general_notes: 'NOTES', tags: 'TAGS',
    },
  },
  {
    file: 'outlook',
    preset: 'outlook-contacts',
    header: "First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,E-mail 2 Address,E-mail 3 Address,Home Phone,Home Phone 2,Business Phone,Business Phone 2,Mobile Phone,Car Phone,Other Phone,Primary Phone,Pager,Business Fax,Home Fax,Other Fax,Company Main Phone,Callback,Radio Phone,Telex,TTY/TDD Phone,IMAddress,Job Title,Department,Company,Office Location,Manager's Name,Assistant's Name,Assistant's Phone,Company Yomi,Business Street,Business City,Business State,Business Postal Code,Business Country/Region,Home Street,Home City,Home State,Home Postal Code,Home Country/Region,Other Street,Other City,Other State,Other Postal Code,Other Country/Region,Personal Web Page,Spouse,Schools,Hobby,Location,Web Page,Birthday,Anniversary,Notes",
    feeds: {
      first_name: 'First Name', last_name: 'Last Name', email: 'E-mail Address',
      secondary_email: 'E-mail 2 Address', secondary_phone: 'Mobile Phone', phone: 'Primary Phone',
      job_title: 'Job Title', company_name: 'Company', address_line1: 'Business Street', city: 'Business City',
      state_province: 'Business State', postal_code: 'Business Postal Code', country: 'Business Country/Region',
      website: 'Web Page', date_of_birth: 'Birthday', general_notes: 'Notes',
    },
  },
  {
    file: 'outlook legacy',
    preset: 'outlook-contacts',
    header: "First Name,Middle Name,Last Name,Title,Suffix,Initials,Web Page,Gender,Birthday,Anniversary,Location,Language,Internet Free Busy,Notes,E-mail Address,E-mail 2 Address,E-mail 3 Address,Primary Phone,Home Phone,Home Phone 2,Mobile Phone,Pager,Home Fax,Home Address,Home Street,Home Street 2,Home Street 3,Home Address PO Box,Home City,Home State,Home Postal Code,Home Country,Spouse,Children,Manager's Name,Assistant's Name,Referred By,Company Main Phone,Business Phone,Business Phone 2,Business Fax,Assistant's Phone,Company,Job Title,Department,Office Location,Organizational ID Number,Profession,Account,Business Address,Business Street,Business Street 2,Business Street 3,Business Address PO Box,Business City,Business State,Business Postal Code,Business Country,Other Phone,Other Fax,Other Address,Other Street,Other Street 2,Other Street 3,Other Address PO Box,Other City,Other State,Other Postal Code,Other Country,Callback,Car Phone,ISDN,Radio Phone,TTY/TDD Phone,Telex,User 1,User 2,User 3,User 4,Keywords,Mileage,Hobby,Billing Information,Directory Server,Sensitivity,Priority,Private,Categories",
    feeds: {
      first_name: 'First Name', last_name: 'Last Name', website: 'Web Page', gender: 'Gender',
      date_of_birth: 'Birthday', preferred_language: 'Language', general_notes: 'Notes',
      email: 'E-mail Address', secondary_email: 'E-mail 2 Address', phone: 'Primary Phone',
      secondary_phone: 'Mobile Phone', company_name: 'Company', job_title: 'Job Title',
      address_line1: 'Business Street', address_line2: 'Business Street 2', city: 'Business City',
      state_province: 'Business State', postal_code: 'Business Postal Code', country: 'Business Country',
      tags: 'Categories',
    },
  },
  {
    file: 'salesforce accounts',
    preset: 'salesforce-accounts',
    header: 'Id,IsDeleted,MasterRecordId,Name,Type,ParentId,BillingStreet,BillingCity,BillingState,BillingPostalCode,BillingCountry,BillingLatitude,BillingLongitude,BillingGeocodeAccuracy,BillingAddress,ShippingStreet,ShippingCity,ShippingState,ShippingPostalCode,ShippingCountry,ShippingLatitude,ShippingLongitude,ShippingGeocodeAccuracy,ShippingAddress,Phone,Fax,AccountNumber,Website,PhotoUrl,Sic,Industry,AnnualRevenue,NumberOfEmployees,Ownership,TickerSymbol,Description,Rating,Site,OwnerId,CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,SystemModstamp,LastActivityDate,LastViewedDate,LastReferencedDate,Jigsaw,JigsawCompanyId,CleanStatus,AccountSource,DunsNumber,Tradestyle,NaicsCode,NaicsDesc,YearStarted,SicDesc,DandbCompanyId,OperatingHoursId',
    feeds: {
      external_id: 'Id', company_name: 'Name', address_line1: 'BillingStreet', city: 'BillingCity',
      state_province: 'BillingState', postal_code: 'BillingPostalCode', country: 'BillingCountry',
      latitude: 'BillingLatitude', longitude: 'BillingLongitude', phone: 'Phone', website: 'Website',
      avatar_url: 'PhotoUrl', industry: 'Industry', annual_revenue: 'AnnualRevenue',
      general_notes: 'Description', created_at: 'CreatedDate', last_contact_at: 'LastActivityDate',
      source: 'AccountSource',
    },
  },
  {
    file: 'salesforce contacts',
    preset: 'salesforce-contacts',
    header: 'Id,IsDeleted,MasterRecordId,AccountId,LastName,FirstName,Salutation,Name,OtherStreet,OtherCity,OtherState,OtherPostalCode,OtherCountry,MailingStreet,MailingCity,MailingState,MailingPostalCode,MailingCountry,Phone,Fax,MobilePhone,HomePhone,OtherPhone,AssistantPhone,ReportsToId,Email,Title,Department,AssistantName,LeadSource,Birthdate,Description,OwnerId,CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,SystemModstamp,LastActivityDate,LastCURequestDate,LastCUUpdateDate,EmailBouncedReason,EmailBouncedDate,Jigsaw,JigsawContactId',
    feeds: {
      external_id: 'Id', last_name: 'LastName', first_name: 'FirstName', display_name: 'Name',
      address_line1: 'MailingStreet', city: 'MailingCity', state_province: 'MailingState',
      postal_code: 'MailingPostalCode', country: 'MailingCountry', phone: 'Phone',
      secondary_phone: 'MobilePhone', email: 'Email', job_title: 'Title', source: 'LeadSource',
      date_of_birth: 'Birthdate', general_notes: 'Description', created_at: 'CreatedDate',
      last_contact_at: 'LastActivityDate',
    },
  },
  {
    file: 'salesforce contacts report',
    preset: 'salesforce-report',
    header: 'Salutation,First Name,Last Name,Title,Mailing Street,Mailing City,Mailing State/Province,Mailing Zip/Postal Code,Mailing Country,Phone,Email,Contact Record Type,Account Name,Account Owner,Lead Source',
    feeds: {
      first_name: 'First Name', last_name: 'Last Name', job_title: 'Title', address_line1: 'Mailing Street',
      city: 'Mailing City', state_province: 'Mailing State/Province', postal_code: 'Mailing Zip/Postal Code',
      country: 'Mailing Country', phone: 'Phone', email: 'Email', company_name: 'Account Name',
      source: 'Lead Source',
    },
  },
  {
    file: 'shopify',
    preset: 'shopify',
    header: 'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags',
    feeds: {
      external_id: 'Customer ID', first_name: 'First Name', last_name: 'Last Name', email: 'Email',
      email_opt_in: 'Accepts Email Marketing', address_company: 'Default Address Company',
      address_line1: 'Default Address Address1', address_line2: 'Default Address Address2',
      city: 'Default Address City', state_province: 'Default Address Province Code',
      country_code: 'Default Address Country Code', postal_code: 'Default Address Zip',
      address_phone: 'Default Address Phone', phone: 'Phone', sms_opt_in: 'Accepts SMS Marketing',
      total_spent: 'Total Spent', orders_count: 'Total Orders', note: 'Note', tags: 'Tags',
    },
  },
  {
    file: 'shopify export older',
    preset: 'shopify',
    header: 'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country,Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt',
    feeds: {
      external_id: 'Customer ID', first_name: 'First Name', last_name: 'Last Name', email: 'Email',
      email_opt_in: 'Accepts Email Marketing', company_name: 'Company', address_line1: 'Address1',
      address_line2: 'Address2', city: 'City', state_province: 'Province', country: 'Country',
      country_code: 'Country Code', postal_code: 'Zip', phone: 'Phone', sms_opt_in: 'Accepts SMS Marketing',
      total_spent: 'Total Spent', orders_count: 'Total Orders', tags: 'Tags', note: 'Note',
    },
  },
  {
    file: 'shopify import template',
    preset: 'shopify',
    header: 'First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country,Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt',
    feeds: {
      first_name: 'First Name', last_name: 'Last Name', email: 'Email', email_opt_in: 'Accepts Email Marketing',
      company_name: 'Company', address_line1: 'Address1', address_line2: 'Address2', city: 'City',
      state_province: 'Province', country: 'Country', country_code: 'Country Code', postal_code: 'Zip',
      phone: 'Phone', sms_opt_in: 'Accepts SMS Marketing', total_spent: 'Total Spent',
      orders_count: 'Total Orders', tags: 'Tags', note: 'Note',
    },
  },
  {
    file: 'square',
    preset: 'square',
    header: 'Reference ID,First Name,Last Name,Email Address,Phone Number,Nickname,Company Name,Street Address 1,Street Address 2,City,State,Postal Code,Birthday,Memo,Square Customer ID,Creation Source,First Visit,Last Visit,Transaction Count,Lifetime Spend,Email Subscription Status,Instant Profile,Blocked from online booking',
    feeds: {
      first_name: 'First Name', last_name: 'Last Name', email: 'Email Address', phone: 'Phone Number',
      company_name: 'Company Name', address_line1: 'Street Address 1', address_line2: 'Street Address 2',
      city: 'City', state_province: 'State', postal_code: 'Postal Code', date_of_birth: 'Birthday',
      note: 'Memo', external_id: 'Square Customer ID', first_order_at: 'First Visit',
      last_order_at: 'Last Visit', orders_count: 'Transaction Count', total_spent: 'Lifetime Spend',
      email_opt_in: 'Email Subscription Status',
    },
  },
  {
    file: 'stripe',
    preset: 'stripe',
    header: 'id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Total Spend,Payment Count,Refunded Volume,Dispute Losses,tag (metadata)',
    feeds: {
      external_id: 'id', general_notes: 'Description', email: 'Email', display_name: 'Name',
      created_at: 'Created (UTC)', subscription_plan: 'Plan', subscription_status: 'Status',
      total_spent: 'Total Spend', orders_count: 'Payment Count', tags: 'tag (metadata)',
    },
  },
  {
    file: 'stripe older unverified',
    preset: 'stripe',
    header: 'id,Email,Name,Phone,Description,Created (UTC),Default Card,Card Number,Card Last 4,Card Type,Card Country,Currency,Delinquent,Total Spend',
    feeds: {
      external_id: 'id', email: 'Email', display_name: 'Name', phone: 'Phone', general_notes: 'Description',
      created_at: 'Created (UTC)', preferred_currency: 'Currency', total_spent: 'Total Spend',
    },
  },
  {
    file: 'woocommerce',
    preset: 'woocommerce',
    header: 'Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,Postal Code,Billing Phone,Shipping Phone,Role',
    feeds: {
      display_name: 'Name', username: 'Username', last_seen_at: 'Last Active', created_at: 'Sign Up',
      email: 'Email', orders_count: 'Orders', total_spent: 'Total Spend', country: 'Country / Region',
      city: 'City', state_province: 'Region', postal_code: 'Postal Code', phone: 'Billing Phone',
      address_phone: 'Shipping Phone',
    },
  },
  {
    file: 'woocommerce webtoffee',
    preset: 'woocommerce-users',
    header: 'ID,customer_id,user_login,user_pass,user_nicename,user_email,user_url,user_registered,display_name,first_name,last_name,user_status,roles,nickname,description,rich_editing,syntax_highlighting,admin_color,use_ssl,show_admin_bar_front,locale,wp_user_level,dismissed_wp_pointers,last_update,billing_first_name,billing_last_name,billing_company,billing_email,billing_phone,billing_address_1,billing_address_2,billing_postcode,billing_city,billing_state,billing_country,shipping_first_name,shipping_last_name,shipping_company,shipping_address_1,shipping_address_2,shipping_postcode,shipping_city,shipping_state,shipping_country',
    feeds: {
      external_id: 'customer_id', username: 'user_login', email: 'user_email', website: 'user_url',
      created_at: 'user_registered', display_name: 'display_name', first_name: 'first_name',
      last_name: 'last_name', preferred_language: 'locale', company_name: 'billing_company',
      phone: 'billing_phone', address_line1: 'billing_address_1', address_line2: 'billing_address_2',
      postal_code: 'billing_postcode', city: 'billing_city', state_province: 'billing_state',
      country: 'billing_country',
    },
  },
  {
    file: 'klaviyo',
    preset: 'klaviyo',
    header: 'Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,Address 2,City,State / Region,Country,Zip Code,Latitude,Longitude,Source,IP Address,Email Marketing Consent,Email Marketing Consent Timestamp,Historic Customer Lifetime Value,Total Customer Lifetime Value,Predicted Customer Lifetime Value,Average Order Value,Historic Number Of Orders,First Active,Last Active,Profile Created On,Date Added,Last Open,Last Click,Average Days Between Orders,Email Suppressions',
    feeds: {
      email: 'Email', external_id: 'Klaviyo ID', first_name: 'First Name', last_name: 'Last Name',
      company_name: 'Organization', job_title: 'Title', phone: 'Phone Number', address_line1: 'Address',
      address_line2: 'Address 2', city: 'City', state_province: 'State / Region', country: 'Country',
      postal_code: 'Zip Code', latitude: 'Latitude', longitude: 'Longitude', source: 'Source',
      email_opt_in: 'Email Marketing Consent', total_spent: 'Historic Customer Lifetime Value',
      orders_count: 'Historic Number Of Orders', last_seen_at: 'Last Active', created_at: 'Profile Created On',
    },
  },
  {
    file: 'mailchimp unsubscribed',
    preset: 'mailchimp',
    header: 'Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LAST_CHANGED,LEID,EUID,NOTES,TAGS',
    feeds: {
      email: 'Email Address', first_name: 'First Name', last_name: 'Last Name', created_at: 'OPTIN_TIME',
      email_opt_in: 'UNSUB_TIME', external_id: 'EUID', general_notes: 'NOTES', tags: 'TAGS',
    },
  },
];
