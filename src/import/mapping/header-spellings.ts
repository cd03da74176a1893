/**
 * What other people's files call a field, beside its own key, label and aliases. An alias belongs to the field
 * everywhere, in the API too; these are only guesses about files, so they weigh less. Compared by letters and
 * digits alone, in any case.
 */
import { normaliseSpelling } from '../../field-types/spelling.ts';

type Spellings = Readonly<Record<string, readonly string[]>>;

// biome-ignore format: a table reads better in lines that are full.
const address: Spellings = {
  address_line1: [
    'street address', 'street name', 'street line 1', 'street 1', 'addr', 'addr 1', 'address line',
    'full address', 'adresse', 'straße', 'strasse', 'rue', 'dirección', 'direccion',
    'calle', 'indirizzo', 'endereço', 'endereco', 'adres', 'straat', 'ulica', 'адрес', 'улица', '住所', '地址',
    'adresa', 'ulice', 'utca', 'cím', 'adress', 'gatuadress', 'osoite', 'katuosoite', 'adresi', 'διεύθυνση', 'адреса', 'вулиця', '주소', 'العنوان', 'כתובת', 'địa chỉ', 'ที่อยู่', '住址',
    'addr 1 line 1',
  ],
  address_line2: [
    'street 2', 'street line 2', 'street address 2', 'street address line 2', 'extended address', 'addr 2', 'apartment', 'apt',
    'suite', 'unit', 'address line 2 optional', 'adresszusatz', 'complément d’adresse', 'complement',
    'addr 1 line 2',
  ],
  city: [
    'town/city', 'city/town', 'city name', 'locality', 'municipality', 'suburb', 'ort', 'stadt', 'wohnort', 'ville', 'ciudad',
    'localidad', 'città', 'citta', 'cidade', 'plaats', 'woonplaats', 'stad', 'miasto', 'miejscowość', 'город', '市区町村', '城市',
    'město', 'obec', 'mesto', 'város', 'település', 'şehir', 'by', 'postort', 'kaupunki', 'postitoimipaikka', 'oraș', 'oras', 'localitate', 'πόλη', 'місто', '도시', '市', 'المدينة', 'עיר', 'thành phố', 'เมือง', 'miestas', 'localité', 'commune', 'municipio',
  ],
  state_province: [
    'state/province', 'state/region', 'state/county', 'province/state', 'region/state', 'state name', 'state code', 'province code',
    'province name', 'prefecture', 'bundesland', 'kanton', 'département', 'provincia', 'estado', 'województwo', 'wojewodztwo',
    'область', 'регион', '都道府県', '省',
    'județ', 'judet', 'fylke', 'län', 'landskap', 'megye', 'dép/région', 'département/région', 'provincie', 'regione', 'comunidad autónoma', 'область/край',
  ],
  postal_code: [
    'zip/postal code', 'postal/zip code', 'postal code/zip', 'zip/postcode', 'post code', 'postal', 'postal zip', 'zip postal',
    'pin code', 'pincode', 'eircode', 'plz', 'postleitzahl', 'code postal', 'cp', 'código postal', 'codigo postal', 'cap', 'cep',
    'kod pocztowy', 'postnummer', 'индекс', 'почтовый индекс', '郵便番号', '邮编',
    'psč', 'psc', 'irányítószám', 'posta kodu', 'postal kodu', 'postinumero', 'cod poștal', 'cod postal', 'ταχυδρομικός κώδικας', 'τκ', 'поштовий індекс', '우편번호', 'الرمز البريدي', 'מיקוד', 'mã bưu điện', 'รหัสไปรษณีย์', '郵遞區號', '郵政編碼', '邮政编码', 'codice postale', 'code postal/zip',
  ],
  country: [
    'country/region', 'country name', 'nation', 'land', 'pays', 'país', 'pais', 'paese', 'nazione', 'kraj', 'страна', '国', '国家',
    'země', 'stát', 'krajina', 'ország', 'ülke', 'maa', 'țara', 'tara', 'χώρα', 'країна', '국가', 'البلد', 'الدولة', 'ארץ', 'quốc gia', 'ประเทศ', '國家', 'država', 'šalis', 'valstybė',
  ],
  country_code: ['country iso', 'iso country', 'iso country code', 'country iso code', 'country iso2', 'ländercode', 'cc', 'country id', 'pays code', 'code pays', 'código país', 'codice paese', 'landcode', 'iso code', 'country 2 letter'],
  latitude: ['lat', 'geo lat'],
  longitude: ['lng', 'lon', 'long', 'geo lng', 'geo long'],
  delivery_instructions: ['delivery notes', 'delivery note', 'shipping instructions', 'shipping notes', 'courier notes'],
  recipient_name: ['recipient', 'addressee', 'ship to name', 'ship to', 'attention', 'attn', 'shipping name'],
};

// biome-ignore format: a table reads better in lines that are full.
const customers: Spellings = {
  ...address,
  number: ['customer nr', 'client no', 'kundennummer', 'kunden nr', 'kundennr', 'numéro client', 'numero cliente', 'klantnummer', 'kundenummer', 'kundnummer', 'asiakasnumero', 'numer klienta', 'číslo zákazníka', 'ügyfélszám', 'müşteri no', 'müşteri numarası', 'código de cliente', 'codigo cliente', 'codice cliente', 'code client', 'klantnr', 'debitor', 'debitorennummer', 'debitorennr', 'debitor no', 'debtor number', 'номер клиента', '고객번호', '客户编号', '顧客番号', '会員番号', 'numéro de client', 'n client'],
  first_name: [
    'fname', 'first', 'given names', 'given', 'christian name', 'vorname', 'prénom', 'prenom', 'nombre', 'primer nombre', 'nome',
    'voornaam', 'imię', 'imie', 'fornavn', 'förnamn', 'etunimi', 'křestní jméno', 'keresztnév', 'имя', '名',
    'jméno', 'meno', 'ime', 'prenume', 'ad', 'adı', 'isim', 'fornamn', 'όνομα', 'імʼя', 'ім’я', 'الاسم الأول', 'שם פרטי', 'vardas', 'eesnimi', 'vārds', 'nombres', 'primer nombre', 'ονομα',
  ],
  last_name: [
    'lname', 'last', 'second name', 'family', 'nachname', 'familienname', 'nom de famille', 'apellido', 'apellidos', 'cognome',
    'sobrenome', 'apelido', 'achternaam', 'nazwisko', 'etternavn', 'efternavn', 'efternamn', 'sukunimi', 'příjmení', 'vezetéknév',
    'фамилия', '姓',
    'priezvisko', 'prezime', 'nume de familie', 'soyad', 'soyadı', 'soyisim', 'επώνυμο', 'прізвище', 'اسم العائلة', 'שם משפחה', 'pavardė', 'perekonnanimi', 'uzvārds', 'primer apellido', 'apellido paterno', 'επωνυμο',
    'co last name',
  ],
  display_name: ['fullname', 'whole name', 'name full', 'complete name', 'person', 'nombre completo', 'nom complet', 'nome completo', 'фио', '氏名', '姓名', 'nom', 'naam', 'namn', 'navn', 'nazwa', 'név', 'teljes név', 'nume', 'nume complet', 'ad soyad', 'adı soyadı', 'imię i nazwisko', 'jméno a příjmení', 'vorname und nachname', 'vor- und nachname', 'vollständiger name', 'kundenname', 'nom prénom', 'nom et prénom', 'prénom nom', 'prénom et nom', 'nome e cognome', 'nome cliente', 'nombre y apellidos', 'nombre cliente', 'nom client', 'klantnaam', 'volledige naam', '이름', '성명', '고객명', 'الاسم', 'الاسم الكامل', 'שם', 'שם מלא', 'tên', 'họ tên', 'họ và tên', 'ชื่อ', 'ชื่อ-นามสกุล', '客户名称', '客戶名稱', 'お名前', 'имя фамилия', 'фамилия имя отчество', 'имя и фамилия', 'ονοματεπώνυμο', 'повне імʼя'],
  email: [
    'email id', 'mail address', 'email addr', 'user email', 'e mail adresse', 'mailadresse', 'emailadresse', 'courriel',
    'adresse e-mail', 'adresse mail', 'correo', 'correo electrónico', 'correo electronico', 'posta elettronica', 'e-mailadres',
    'adres e-mail', 'epost', 'e-post', 'sähköposti', 'почта', 'электронная почта', 'メールアドレス', 'メール', '邮箱', '电子邮件',
    'e-posta', 'eposta', 'e-posta adresi', 'adresse de messagerie', 'adresse électronique', 'adresse courriel', 'indirizzo email', 'indirizzo e-mail', 'endereço de e-mail', 'endereço de email', 'dirección de correo', 'dirección de correo electrónico', 'dirección de email', 'e-mail cím', 'email cím', 'e-mailová adresa', 'adres email', 'adresă email', 'sähköpostiosoite', 'e-postadress', 'epostadresse', 'e-mailadresse', 'ηλεκτρονική διεύθυνση', 'електронна пошта', 'эл. почта', 'e-mail-adres', '이메일', '이메일 주소', 'البريد الإلكتروني', 'דואר אלקטרוני', 'אימייל', 'อีเมล', '電子郵件', '電郵', '邮件', 'el. paštas', 'thư điện tử', 'correio eletrônico',
    'subscriber', 'subscriber email',
  ],
  phone: [
    'phone no', 'phone nr', 'phone num', 'tel', 'tel no', 'telephone number', 'telephone no', 'telephone nr', 'mobile phone', 'mobile number', 'mobile no',
    'cell phone', 'cellphone', 'cell number', 'cell phone number', 'mobile phone number', 'contact number', 'contact no',
    'primary phone', 'main phone', 'daytime phone', 'telefon', 'telefonnummer', 'rufnummer', 'handy', 'mobil', 'mobiltelefon',
    'téléphone', 'numéro de téléphone', 'portable', 'teléfono', 'telefono', 'móvil', 'movil', 'cellulare', 'telefone', 'celular',
    'telefoon', 'telefoonnummer', 'puhelin', 'телефон', '電話番号', '電話', '电话', '手机',
    'telefón', 'telefonní číslo', 'mobilní telefon', 'telefonszám', 'telefon numarası', 'cep telefonu', 'gsm', 'telefono cellulare', 'teléfono móvil', 'telefono movil', 'tél. mobile', 'tél', 'tel mobile', 'téléphone mobile', 'téléphone portable', 'numéro de portable', 'mobiele telefoon', 'mobiel', 'telefon komórkowy', 'numer telefonu', 'mobilnummer', 'mobilnr', 'puhelinnumero', 'matkapuhelin', 'τηλέφωνο', 'κινητό', 'мобильный', 'мобильный телефон', 'номер телефона', 'мобільний', '전화번호', '전화', '휴대폰', '휴대전화', '연락처', 'رقم الهاتف', 'الهاتف', 'טלפון', 'נייד', 'điện thoại', 'số điện thoại', 'เบอร์โทร', 'โทรศัพท์', '電話號碼', '手機', '手机号', '手机号码', '联系电话', '携帯電話', 'rufnummer mobil', 'phone mobile', 'phone primary', 'whatsapp number', 'telefonas',
    'sms',
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
    'empresa/organización', 'firmă', 'firma adı', 'şirket', 'şirket adı', 'společnost', 'spoločnosť', 'cég', 'cégnév', 'virksomhed', 'firmanavn', 'företagsnamn', 'yritys', 'yrityksen nimi', 'εταιρεία', 'επωνυμία', 'компанія', 'фірма', 'название компании', 'наименование', '회사', '회사명', 'الشركة', 'חברה', 'công ty', 'บริษัท', '公司名称', '公司名稱', '企业名称', '勤務先', 'nom de société', 'nom de la société', 'nom entreprise', 'nome azienda', 'nome da empresa', 'nombre de empresa', 'nombre de la empresa', 'name der firma', 'name des unternehmens', 'įmonė', 'associated company',
  ],
  job_title: ['contact title', 'role title', 'job', 'job position', 'occupation', 'profession', 'designation', 'organization title', 'beruf', 'funktion', 'stellung', 'poste', 'cargo', 'puesto', 'fonction', 'titre du poste', 'qualifica', 'ruolo', 'functie', 'stanowisko', 'befattning', 'stilling', 'tehtävänimike', 'pozice', 'pozíció', 'pozisyon', 'unvan', 'должность', 'посада', '직책', '役職', '职位', '職稱', 'jobtitel', 'job role'],
  external_id: ['external key', 'external ref', 'external reference', 'foreign id', 'foreign key', 'legacy id', 'original id', 'import id', 'ext id'],
  date_of_birth: ['birth date', 'date of birth dob', 'born', 'born on', 'geburtsdatum', 'geburtstag', 'date de naissance', 'fecha de nacimiento', 'data di nascita', 'data de nascimento', 'geboortedatum', 'data urodzenia', 'дата рождения', '生年月日', 'datum narození', 'dátum narodenia', 'születési dátum', 'születésnap', 'doğum tarihi', 'fødselsdato', 'fødselsdag', 'födelsedatum', 'syntymäaika', 'data nașterii', 'ημερομηνία γέννησης', 'дата народження', 'день рождения', '생년월일', '생일', 'تاريخ الميلاد', 'תאריך לידה', 'ngày sinh', 'วันเกิด', '出生日期', '生日', '誕生日', 'anniversaire', 'cumpleaños', 'compleanno', 'aniversário', 'nascita', 'verjaardag', 'urodziny', 'gimimo data'],
  gender: ['sex', 'geschlecht', 'sexe', 'genre', 'sexo', 'género', 'genere', 'sesso', 'geslacht', 'płeć', 'пол', 'pohlaví', 'nem', 'cinsiyet', 'kjønn', 'køn', 'kön', 'sukupuoli', 'φύλο', 'стать', '성별', 'الجنس', 'מין', 'giới tính', 'เพศ', '性别', '性別'],
  website: ['web', 'web site', 'website url', 'web page', 'webpage', 'homepage', 'home page', 'url', 'web address', 'company website', 'site web', 'sitio web', 'sito web', 'page web', 'site internet', 'site', 'webseite', 'internetseite', 'página web', 'pagina web', 'strona www', 'strona internetowa', 'www', 'webové stránky', 'weboldal', 'web sitesi', 'hemsida', 'hjemmeside', 'kotisivu', 'сайт', 'веб-сайт', '홈페이지', '網站', '网站', 'ホームページ', 'website link'],
  avatar_url: ['photo', 'photo url', 'avatar', 'image url', 'picture', 'profile picture', 'profile photo'],
  tax_id: ['tax number', 'tax no', 'vat id', 'vat no', 'vat registration number', 'vat reg no', 'ust idnr', 'ustid', 'umsatzsteuer id', 'nif', 'cif', 'partita iva', 'p iva', 'btw nummer', 'nip', 'ein', 'abn', 'gst number', 'cnpj', 'cpf', 'инн', 'taxvat', 'numéro de tva', 'n tva', 'no tva', 'tva intracommunautaire', 'numéro tva', 'umsatzsteuer identifikationsnummer', 'ust id nr', 'ust id', 'steuernummer', 'partita iva codice fiscale', 'codice fiscale', 'dič', 'ič dph', 'ičo', 'adószám', 'vergi no', 'vergi numarası', 'org nr', 'organisationsnummer', 'organisasjonsnummer', 'cvr', 'y tunnus', 'cui', 'αφμ', 'едрпоу', 'rfc', 'rut', 'cuit', 'cnpj/cpf', 'cpf/cnpj', 'nif/cif', 'cif/nif', 'dni', 'business vat id', 'vat registration', 'business tax id', 'siret', 'siren'],
  industry: ['sector', 'branche', 'vertical', 'business sector', 'industry sector'],
  business_type: ['type of business', 'business category'],
  annual_revenue: ['yearly revenue', 'company revenue', 'annual turnover', 'turnover', 'jahresumsatz'],
  type: ['type of customer', 'client type', 'kundentyp'],
  status: ['customer status', 'client status', 'contact status', 'stav', 'durum', 'état', 'zustand', '状态', '상태'],
  segment: ['customer segment', 'client segment'],
  source: ['customer source', 'client source', 'account source', 'acquisition source', 'how did you hear about us', 'herkunft', 'quelle', 'origine', 'origen', 'herkomst', 'źródło'],
  journey_stage: ['stage', 'customer stage', 'funnel stage', 'lifecycle'],
  tags: ['tag', 'tag list', 'customer tags', 'contact tags', 'keywords', 'categories', 'schlagwörter', 'étiquettes', 'etiquetas', 'tagi', 'kategorien', 'catégories', 'categorías', 'categorie', 'étiquette', 'stichwörter', 'schlagworte', 'mots clés', 'palabras clave', 'метки', 'теги', '标签', '標籤', '태그'],
  groups: ['group', 'customer group', 'group name', 'group names', 'kundengruppe', 'groupe', 'mailing lists', 'email lists', 'static lists'],
  general_notes: ['comments', 'comment', 'remarks', 'remark', 'memo', 'crm notes', 'customer notes', 'client notes', 'notizen', 'bemerkung', 'bemerkungen', 'anmerkungen', 'remarques', 'commentaires', 'notas', 'observaciones', 'opmerkingen', 'uwagi', 'notatki', 'примечание', 'заметки', '備考', '备注', 'notes/comments', 'poznámka', 'poznámky', 'megjegyzés', 'megjegyzések', 'not', 'notlar', 'notat', 'notater', 'anteckningar', 'anteckning', 'huomautus', 'huomautuksia', 'observații', 'σημειώσεις', 'примітка', 'комментарий', '메모', '비고', 'ملاحظات', 'הערות', 'ghi chú', 'หมายเหตุ', '備註', 'メモ', 'osservazioni', 'annotazioni', 'observações', 'observacoes', 'note interne'],
  preferred_language: ['preferred language', 'language code', 'lang', 'sprache', 'langue', 'idioma', 'lingua', 'taal', 'język', 'язык', 'jazyk', 'nyelv', 'dil', 'språk', 'sprog', 'kieli', 'limba', 'γλώσσα', 'мова', '언어', 'اللغة', 'שפה', '言語', '语言', '語言', 'browser language'],
  preferred_currency: ['preferred currency', 'currency code', 'währung', 'devise', 'moneda', 'valuta', 'moeda', 'waluta', 'валюта'],
  timezone: ['time zone', 'tz', 'zeitzone', 'fuseau horaire', 'zona horaria'],
  marketing_opt_in: ['marketing consent', 'accepts marketing emails', 'opt in', 'opted in', 'marketing permission', 'gdpr consent', 'consent'],
  email_opt_in: ['email marketing opt in', 'email consent', 'email subscribed', 'subscribed to email', 'newsletter', 'newsletter opt in', 'newsletter subscription', 'email permission', 'email subscriber status', 'email subscription status', 'email marketing status', 'subscribed', 'is subscribed', 'subscribed to newsletter', 'receives newsletter', 'lettre d’informations'],
  sms_opt_in: ['sms consent', 'sms subscribed', 'text opt in', 'sms marketing opt in', 'sms permission', 'sms subscriber status', 'subscribed to sms'],
  whatsapp_opt_in: ['whatsapp consent'],
  store_credit_balance: ['store credit balance', 'credit balance', 'account credit'],
  referred_by: ['referrer', 'referrer email', 'referred by email'],
  assigned_to: ['owner email', 'contact owner', 'account owner', 'company owner', 'lead owner', 'assignee', 'sales rep', 'salesperson', 'sales representative', 'account rep'],
  loyalty_tier: ['tier', 'membership tier', 'membership level', 'vip tier'],
  loyalty_points: ['points', 'points balance', 'loyalty points balance', 'reward points'],
  subscription_plan: ['plan', 'plan name', 'membership plan'],
  subscription_started_at: ['subscription date', 'subscribed at', 'subscribed on', 'subscription started', 'plan start date'],
  orders_count: ['orders', 'number of orders', 'no of orders', 'num orders', 'orders placed', 'purchase count', 'total purchases', 'historic number of orders', 'transaction count', 'total number of orders', 'lifetime orders', 'anzahl bestellungen', 'bestellungen', 'nombre de commandes', 'número de pedidos', 'numero ordini', 'aantal bestellingen'],
  total_spent: ['total spend', 'amount spent', 'spent', 'spend', 'total sales', 'lifetime value', 'ltv', 'clv', 'customer lifetime value', 'total amount spent', 'lifetime revenue', 'revenue', 'umsatz', 'gesamtumsatz', 'umsatz gesamt', 'total dépensé', 'ventes', 'total gastado', 'ventas', 'totale speso', 'total revenue generated', 'historic customer lifetime value'],
  first_order_at: ['first order date', 'first purchase', 'first purchase date', 'date of first order', 'first purchased', 'erste bestellung', 'erster kauf', 'première commande'],
  last_order_at: ['last purchase', 'last purchase date', 'date of last order', 'last purchased', 'latest order', 'most recent order', 'most recent purchase', 'dernière commande', 'letzte bestellung', 'letzter kauf', 'último pedido', 'ultimo ordine', 'laatste bestelling'],
  created_at: ['created', 'created on', 'create date', 'created date', 'date created', 'creation date', 'created time', 'creation time', 'added', 'added on', 'date added', 'registered', 'registered at', 'registered on', 'registration date', 'date registered', 'sign up', 'sign up date', 'signup date', 'signed up', 'signed up at', 'joined', 'join date', 'joined at', 'date joined', 'customer since', 'client since', 'member since', 'profile created on', 'erstellt', 'erstellt am', 'angelegt am', 'kunde seit', 'date de création', 'fecha de alta', 'fecha de creación', 'data utworzenia', 'creado el', 'creato il', 'criado em', 'angelegt', 'erfasst am', 'anlagedatum', 'erstelldatum', 'registriert am', 'inscription', 'date inscription', 'date d’inscription', 'inscrit le', 'créé le', 'fecha de registro', 'fecha registro', 'fecha creación', 'data creazione', 'data di creazione', 'data iscrizione', 'data de cadastro', 'data cadastro', 'aangemaakt op', 'registratiedatum', 'data rejestracji', 'data dodania', 'vytvořeno', 'datum registrace', 'létrehozva', 'oluşturma tarihi', 'kayıt tarihi', 'skapad', 'opprettet', 'oprettet', 'luotu', 'дата регистрации', 'дата создания', 'создан', '登録日', '注册时间', '创建时间', '가입일', '생성일', 'time created', 'person created', 'organization created', 'profile created', 'signup time', 'signed up date', 'date of registration', 'first seen', 'added time'],
  last_contact_at: ['last contact date', 'last contacted', 'last activity', 'last activity date', 'date of last contact', 'last interaction'],
  next_follow_up_at: ['next follow up date', 'follow up date', 'follow up', 'next contact', 'next contact date'],
  last_seen_at: ['last seen at', 'last active', 'last active at', 'last login date', 'last login at', 'last visit', 'dernière visite', 'letzter besuch', 'última visita', 'last online', 'last sign in', 'last signed in', 'last web session', 'last seen date'],
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
  number: ['order number', 'order nr', 'order name', 'order ref', 'order reference', 'order code', 'order', 'sales order', 'invoice number', 'invoice no', 'transaction id', 'number', 'bestellnummer', 'numéro de commande', 'número de pedido'],
  customer_email: ['customer', 'email', 'email address', 'e-mail', 'customer no', 'customer nr', 'customer code', 'customer external id', 'client id', 'client email', 'client', 'buyer email', 'billing email', 'from email address', 'payer email', 'contact email', 'shipping email', 'customer email address', 'user email', 'email billing'],
  total: ['order total', 'total price', 'total amount', 'grand total', 'amount', 'order amount', 'order value', 'revenue', 'order total amount', 'total paid', 'total gross', 'gross', 'gross amount', 'total incl tax', 'total inc tax', 'total including tax', 'amount paid', 'invoice total', 'bestellsumme', 'gesamtbetrag', 'montant total', 'importe total', 'totale ordine'],
  subtotal: ['sub total', 'subtotal price', 'net amount', 'items total', 'order subtotal amount', 'order subtotal', 'net total', 'nettobetrag', 'montant ht'],
  discount_total: ['total discount', 'total discounts', 'cart discount amount', 'discount amount', 'discounts'],
  item_count: ['items', 'number of items', 'item quantity', 'total items', 'total quantity', 'items sold'],
  currency: ['order currency', 'currency code'],
  status: ['order status', 'financial status', 'payment status', 'state', 'order state', 'bestellstatus', 'statut'],
  created_at: [...created, 'order date', 'date of order', 'date', 'ordered at', 'ordered on', 'order created', 'placed at', 'placed on', 'purchase date', 'bestelldatum', 'sale date', 'order time', 'order placed', 'ordered date', 'transaction date', 'invoice date', 'created date utc', 'date de commande', 'fecha de pedido', 'data ordine', 'auftragsdatum'],
  attribution_channel: ['channel', 'source', 'order source', 'attribution', 'sales channel', 'source name'],
  coupon_code: ['coupon', 'coupons', 'discount code', 'promo code', 'voucher', 'voucher code'],
  line_items: ['items json', 'order items', 'order lines', 'lines'],
  line_sku: ['lineitem sku', 'line item sku', 'item sku', 'product sku', 'product id', 'product code', 'item id', 'item code', 'article number', 'variant sku'],
  line_title: ['lineitem name', 'line item name', 'line item title', 'item name', 'item title', 'product name', 'product title', 'product', 'item', 'article', 'description'],
  line_quantity: ['lineitem quantity', 'line item quantity', 'qty', 'pieces', 'units', 'menge', 'quantité', 'cantidad', 'quantity purchased', 'quantity ordered', 'qty ordered', 'item qty'],
  line_unit_price: ['lineitem price', 'line item price', 'item price', 'price', 'product price', 'price each', 'unit cost', 'preis', 'einzelpreis', 'prix unitaire', 'precio', 'item cost', 'sale price'],
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

/** Headers that say the opposite of a field of yes and no. Who has opted out must not come in as one who has not. */
// biome-ignore format: a table reads better in lines that are full.
const opposites: Readonly<Record<string, Spellings>> = {
  customers: {
    email_opt_in: ['email opt out', 'email opted out', 'has opted out of email', 'opted out of email', 'unsubscribed from all email', 'unsubscribed from emails', 'unsubscribed from email', 'email unsubscribed', 'unsubscribed', 'is unsubscribed', 'do not email', 'bulk email opt out', 'no emails', 'email disabled', 'email blacklist', 'email blacklisted', 'blacklisted', 'abgemeldet', 'désabonné', 'désinscrit'],
    sms_opt_in: ['sms opt out', 'sms opted out', 'opted out of sms', 'unsubscribed from sms', 'sms unsubscribed', 'do not text'],
    marketing_opt_in: ['marketing opt out', 'opt out', 'opted out', 'do not market', 'no marketing'],
  },
};

export interface KnownSpelling {
  readonly field: string;
  /** Place in the field's list, from 0 on: of two columns that may feed it, the likelier one stands further in front. */
  readonly rank: number;
  /** The column says the opposite of the field. */
  readonly opposite?: true;
}

/** Fields of a dataset by the spellings that files use. @throws Error when two fields claim one: a bug of ours. */
export function headerSpellings(dataset: string): ReadonlyMap<string, KnownSpelling> {
  const found = new Map<string, KnownSpelling>();
  const claim = (spelling: string, known: KnownSpelling) => {
    const normal = normaliseSpelling(spelling);
    const holder = found.get(normal);
    if (holder !== undefined && (holder.field !== known.field || holder.opposite !== known.opposite)) {
      throw new Error(
        `The spelling "${spelling}" is claimed by ${dataset}.${holder.field} and ${dataset}.${known.field}.`,
      );
    }
    if (holder === undefined) found.set(normal, known);
  };
  for (const [field, spellings] of Object.entries(byDataset[dataset] ?? {}))
    for (const [rank, spelling] of spellings.entries()) claim(spelling, { field, rank });
  for (const [field, spellings] of Object.entries(opposites[dataset] ?? {}))
    for (const [rank, spelling] of spellings.entries()) claim(spelling, { field, rank, opposite: true });
  return found;
}
