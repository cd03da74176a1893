/** Words that headers of customer files are made of, in the languages such files come in; without accents, small. */
export const headerWords: ReadonlySet<string> = new Set(
  `id uid uuid guid key ref reference number no nr num code index row record type kind class category status state stage
  name names first firstname forename given last lastname surname family middle full fullname title salutation prefix suffix
  nickname initials gender sex birthday birthdate dob born age email emails mail phone phones telephone tel mobile cell fax
  company organisation organization account business firm employer department job role position contact owner customer client
  user username login member lead person address addresses street line city town village suburb region province county country
  zip zipcode postal postcode postalcode code pobox building house latitude longitude location website web site url homepage
  date created updated modified changed added since until start end time timestamp at on by of from to note notes comment
  comments description remark remarks memo tag tags group groups label labels list segment source language locale timezone
  currency amount price cost total totals subtotal sum balance spent spend revenue paid tax vat discount quantity qty orders
  order count value values score rating rank level tier points active enabled deleted consent opt marketing newsletter
  external customernumber customerid customer_id product sku item items brand model size colour color weight
  nombre apellido apellidos correo telefono movil direccion ciudad pais codigo provincia empresa cliente fecha notas numero
  nom prenom prenoms raison sociale societe entreprise adresse ville pays cp courriel portable tel numero naissance rue
  vorname nachname firma anrede strasse hausnummer plz ort stadt land telefon handy mobil geburtsdatum kunde kundennummer
  kundennr bemerkung bemerkungen datum betrag preis menge umsatz nachnahme bezeichnung
  nome cognome sobrenome indirizzo endereco citta cidade paese pais provincia cap telefone cellulare azienda ragione cliente
  naam voornaam achternaam tussenvoegsel bedrijf straat huisnummer woonplaats plaats postcode telefoonnummer geboortedatum
  fornavn etternavn efternavn namn fornamn efternamn adress ort postnummer telefonnummer foretag
  imie nazwisko miasto ulica kraj telefon firma uwagi jmeno prijmeni mesto ulice psc zeme poznamka meno priezvisko krajina
  nev vezeteknev keresztnev cim varos iranyitoszam telefonszam megjegyzes prenume oras strada judet tara ad soyad adi soyadi
  sehir ulke adres telefonu musteri имя фамилия отчество город улица адрес телефон страна индекс дата клиент компания почта
  примечание номер сумма название ім'я прізвище місто вулиця країна onoma epitheto ονομα επωνυμο πολη τηλεφωνο διευθυνση
  名前 氏名 姓 名 住所 電話 電話番号 会社 会社名 メール 郵便番号 国 城市 姓名 电话 地址 公司 邮箱 国家 이름 주소 전화 회사 이메일`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
