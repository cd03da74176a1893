/**
 * A few words of each language, as customer files have them: names, towns, streets, trades. They are all that the
 * guess among legacy encodings knows of a language: which letters it has, how often, and beside which others.
 * Order and case do not matter. A word that a guess got wrong belongs here.
 */
export interface LanguageWords {
  readonly language: string;
  /** Languages that stand together in one file, because one encoding serves them. */
  readonly group: 'west' | 'central' | 'baltic' | 'cyrillic' | 'other';
  readonly words: string;
}

export const languageWords: readonly LanguageWords[] = [
  {
    language: 'English',
    group: 'west',
    words: `Smith Johnson Williams Street Road Avenue Company Sales Manager Café Fiancée Résumé Naïve Zoë Chloë Renée
      Brontë Seán Siobhán Sinéad Pádraig Éire Mórdha O’Brien D’Angelo Exposé Crème Décor Entrée Protégé`,
  },
  {
    language: 'French',
    group: 'west',
    words: `François Françoise Hélène Frédérique Frédéric Jérôme Stéphane Stéphanie Benoît Noël Joël Gaëlle Anaïs Maël
      Loïc Zoé Chloé Léa Inès Éric Étienne Élodie Émilie Geneviève Thérèse Agnès Hervé André Aurélie Cédric Céline Désiré
      Didier Gérard Grégoire Irène José Léon Mélanie Michèle Noémie Pénélope Raphaël Régis Rémi René Sébastien Sévérine
      Valérie Véronique Lefèvre Lemaître Bérard Bézier Crémieux Dupré Garçon Gérin Hébert Légaré Lévêque Mère Pêcheur
      Prévost Rivière Sarközy Besançon Orléans Nîmes Angoulême Béziers Évry Créteil Saint-Étienne Châteauroux Chambéry
      Montréal Québec Liège Genève Neuchâtel Mâcon Mulhouse Alençon Épinal Évreux Compiègne Sète Alès Thônon Vendôme
      rue de la République boulevard du Général avenue Foch place Kléber allée chemin chaussée quai près côté forêt
      société générale spécialités hôtel théâtre école église château boulangerie pâtisserie crêperie épicerie coopérative
      délices gastronomie fraîche bâtiment électricité sécurité santé père et fils frères prénom téléphone numéro
      entrepôt août février décembre être déjà voilà où çà à là sœur cœur œuvre bœuf naïf maïs Citroën Haïti Guyane
      Réunion Guinée équatoriale Suède Norvège Grèce Algérie Brésil Pérou États-Unis Émirats Égypte Érythrée Éthiopie
      Corée Côte d’Ivoire Bénin Sénégal Géorgie Arménie Moldavie Slovénie Finlande Nouvelle-Zélande Îles Åland`,
  },
  {
    language: 'German',
    group: 'west',
    words: `Müller Schäfer Krüger Köhler König Möller Jäger Böhm Günther Schröder Schütz Groß Weiß Vogel Strauß Grün
      Hübner Kühn Löwe Lösch Mühlbauer Nägele Öztürk Özil Pfänder Rösler Sämann Schönfeld Schüßler Süß Täuber Träger
      Übel Vögele Wäger Würz Zöllner Bäcker Bärbel Björn Dörte Gäbler Götz Hänsel Heß Jörg Jürgen Käthe Kläre Ludger
      Günter Rüdiger Sören Ströbel Thöne Ülo Wörner Straße Hauptstraße Bahnhofstraße Gärtnerweg Mühlenweg Schloßplatz
      Königsallee Lindenstraße Marktstraße Blücherstraße Münchner Düsseldorf Köln München Nürnberg Würzburg Saarbrücken
      Lübeck Göttingen Gütersloh Osnabrück Münster Tübingen Zürich Österreich Kärnten Sankt Pölten Dänemark Türkei
      Mülheim Öhringen Überlingen Ägypten Äthiopien Färöer Südkorea Südafrika Nordkorea Grönland Rumänien Königreich
      Geschäftsführer Verkäufer Gesellschaft für Käseladen Bäckerei Großhandel Möbel Getränke Büro Größe Straßenbau
      Spezialitäten Nüsse Gemüse Fußball Übersee schön für über früher später möglich weiß heißt Grüße Präsident
      Französisch-Guayana Guadeloupe Weißrussland Réunion Curaçao`,
  },
  {
    language: 'Spanish',
    group: 'west',
    words: `José María García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Martín Jiménez Hernández
      Díaz Álvarez Gutiérrez Domínguez Vázquez Ramírez Suárez Núñez Muñoz Ibáñez Castañeda Peña Ordóñez Zúñiga Yáñez
      Íñigo Ángel Andrés Jesús Ramón Raúl Rubén Sebastián Tomás Víctor Óscar Lucía Sofía Inés Belén Begoña Concepción
      Encarnación Verónica Mónica Ángela Adrián Agustín Benjamín César Fabián Germán Héctor Hernán Iván Joaquín Julián
      Nicolás Simón Cádiz Córdoba León Málaga Almería Jaén Ávila Cáceres Coruña Logroño Castellón Alcalá Móstoles
      México Querétaro Mérida Yucatán Michoacán Juárez Bogotá Medellín Cúcuta Ibagué Popayán Asunción Tucumán Río
      Perú Panamá Táchira Mérida Bolívar Cumaná Barquisimeto Valparaíso Concepción Viña Ñuñoa Curicó calle avenida
      Constitución Revolución Independencia plaza España Cataluña niño año señor señora mañana compañía pequeño
      teléfono dirección código población número días razón social almacén gastrónomo cocina típica panadería taquería
      Comércio Océano Atlántico Público Crédito Educación Información ¿qué ¡hola cuánto después también está según
      pingüino bilingüe cigüeña Mayagüez 5ª 3º Nº Emparedados Galería Haití Turquía Japón Pakistán Afganistán Sudán
      Camerún Gabón Túnez Líbano Bélgica Dinamarca Irán Hungría Rumanía República Países Bajos Taiwán Unión`,
  },
  {
    language: 'Portuguese',
    group: 'west',
    words: `João São Conceição Gonçalves Guimarães Magalhães Simões Antão Falcão Leitão Galvão Brandão Salomão Assunção
      Araújo Antônio António Cláudia Cláudio Débora Flávio Fábio Fátima Inês Íris Jéssica Júlia Júlio José Letícia Lígia
      Luís Luíza Lúcia Márcia Márcio Mônica Mário Natália Otávio Patrícia Sérgio Sônia Tânia Vinícius Zélia Átila Érica
      Estêvão Cristóvão Sebastião Germão Ribeirão Preto Maranhão Goiás Paraná Ceará Amapá Pará Piauí Rondônia Brasília
      Goiânia Cuiabá Belém Maceió Macapá Niterói Jundiaí Florianópolis Petrópolis Uberlândia Vitória Londrina Maringá
      Lisboa Évora Setúbal Coimbra Óbidos Guimarães Bragança Covilhã Mação Póvoa Loulé Açores Alcântara Praça do Paço
      Rua das Flores Avenida Estação Alameda dos Canários Ladeira Travessa Largo da Sé Lusíadas Inês de Castro
      Tradição Hipermercados Delícia Comércio Mineiro Construções Importação Exportação Distribuição Alimentação Serviços
      Ações Informações Produção Edição Transportes Móveis Câmbio Fundação Associação Educação Coração Irmãos Irmã
      Manhã Amanhã Mãe Pão Não Então Avô Avó Você Três Mês Português Inglês Francês Endereço Número Código Telefone Três
      Razão Preço Peça Força Açúcar Café Açaí Água Saúde País Último Rápido Público Útil à às Polônia Japão Egito Canadá
      Moçambique São Tomé e Príncipe Timor República Países Ilhas Tajiquistão Irão Líbia Áustria Índia Itália`,
  },
  {
    language: 'Italian',
    group: 'west',
    words: `Niccolò Nicolò Mosè Giosuè Noè Salomè Barnabà Forlì Cantù Cefalù Mondovì Patè Nardò Agrò Alì Città Libertà
      Università Qualità Società Proprietà Attività Pubblicità Novità Unità Comunità Perché Poiché Più Giù Così Già Può
      Sarà Caffè Lunedì Martedì Mercoledì Giovedì Venerdì È À Ù Papà Rossi Bianchi Ferrari Russo Esposito D’Amico
      Dell’Acqua Sant’Angelo Nicolò Rà Virtù Gioventù Tribù Perù Panamà Costa d’Avorio Papà Metà Verrà
      Servizi Produzioni Località Frazione Via della Libertà`,
  },
  {
    language: 'Catalan',
    group: 'west',
    words: `Núria Mercè Roser Jordi Sònia Mònica Àngel Àngels Òscar Ramón Martí Joaquím Agustí Antònia Cèlia Lluís Lluïsa
      Raül Eulàlia Gràcia Assumpció Encarnació Concepció Bergadà Català Solà Vilà Pàmies Fàbregas Puigdemont Gràcia Alcúdia
      Lleida Girona València Alacant Castelló Mataró Reus Calafell L’Hospitalet Sant Adrià Besòs Cornellà Vilafranca del
      Penedès Sabadell Martorell Plaça Carrer Passeig Població Adreça Telèfon Països França Grècia Bèlgica Àustria Suècia
      Nigèria Algèria Etiòpia Índia Xina Perú República Dinamarca Eslovènia col·legi paral·lel il·lusió Gaudí Verdaguer`,
  },
  {
    language: 'Dutch',
    group: 'west',
    words: `van der Berg de Vries Jansen André René Renée Zoë Chloë Noël Daniël Daniëlle Michaël Joël Raphaël Gaël Loïs
      Anaïs Desirée België Italië Spanje Brazilië Indonesië Australië Oostenrijk Roemenië Bulgarije Slovenië Kroatië Servië
      Macedonië Albanië Armenië Azië Tunesië Algerije Ethiopië Zoölogie Coöperatie Coördinatie Geïnteresseerd Financiële
      Beëindigd Ruïne Egoïst Café Hé Één Coöp Curaçao Reünie Zeeën Ideeën Knieën Patiënt Industriële Officiële Crèche`,
  },
  {
    language: 'Swedish',
    group: 'west',
    words: `Åsa Åke Håkan Mårten Måns Pär Göran Sören Björn Jörgen Börje Östen Örjan Märta Mårtensson Åberg Åkesson Öberg
      Östlund Östberg Sjögren Sjöberg Björk Björklund Lindström Nordström Bergström Hellström Söderström Söderberg Höglund
      Hägg Håkansson Mårtensson Lövgren Löfgren Näslund Bäckström Bäck Dahlström Engström Grönlund Grönberg Hallström
      Malmö Göteborg Västerås Örebro Linköping Jönköping Norrköping Gävle Borås Umeå Luleå Växjö Skövde Östersund Södertälje
      Västervik Ängelholm Sundsvall Södermalm Åkergatan Kungsgatan Storgatan Drottninggatan Vägen Älvsjö Åre Mälardalen
      snabbköp Bräcke Folk och fä Försäljning Företag Kött Fisk Bröd Smör Öl Kök Hål Råd År Får Små Två Gård Skåne Öland
      Småland Sköldpadda Österrike Sydkorea Grönland Färöarna Åland Kap Verde Förenade Ungern Frankrike Grekland Höjd`,
  },
  {
    language: 'Danish and Norwegian',
    group: 'west',
    words: `Søren Jørgen Bjørn Kåre Pål Håkon Åse Åge Øyvind Øystein Jørn Børge Mads Lærke Kjær Kjærsgaard Nørgaard Østergaard
      Sørensen Jørgensen Mølgaard Møller Ågård Bøgh Høyer Højgaard Jæger Hæstrup Nærum Lærdal Bærum Sæther Sørlie Strøm Grønn
      København Århus Ålborg Ålesund Tromsø Bodø Hønefoss Drøbak Bærum Lillestrøm Tønsberg Råde Mosjøen Førde Sørlandet
      Nørrebro Vinbæltet Smagsløget Æbeltoft Ærø Rønne Helsingør Køge Næstved Sønderborg Vejle Åbenrå Hillerød Frederikshavn
      Gågaden Søgade Kærvej Bøgevej Østergade Nørregade Skærgård Fjære Bør Øst Sør Nord Vest Færøerne Grækenland Østrig
      Ungarn Frankrig Tyskland Særlig Køb Salg Brød Smør Øl Fisk Kød Frø Grøn Blå Gård Ø Å Årlig Når Så Få Må Også På
      Marshalløyene Caymanøyene Jomfruøyene Elfenbenskysten Østerrike Sør-Afrika Jordbær Rødgrød Fløde`,
  },
  {
    language: 'Finnish',
    group: 'west',
    words: `Päivi Jyrki Jäppinen Mäkinen Hämäläinen Järvinen Lehtimäki Mäkelä Kärkkäinen Pöllänen Väinö Väisänen Yrjö Hölttä
      Lähteenmäki Pöyhönen Räsänen Rönkkö Säämänen Söderholm Tähtinen Töyrylä Työläjärvi Äijälä Äyräpää Öhman Ylönen Möttönen
      Jyväskylä Hämeenlinna Järvenpää Riihimäki Seinäjoki Mikkeli Äänekoski Nyköping Hyvinkää Mäntsälä Pöytyä Sähkötie
      Itä Länsi Etelä Pohjois Yhtiö Myynti Päällikkö Sähkö Työ Hyvä Tämä Että Sekä Myös Kesä Syksy Tyttö Pöytä Leipä Käsi
      Venäjä Väli Itävalta Päiväntasaajan Pääsiäissaari Tšekki Fidži Tadžikistan Azerbaidžan Åland Grönlanti Färsaaret`,
  },
  {
    language: 'Icelandic',
    group: 'west',
    words: `Jón Jónsson Guðmundur Guðrún Sigurður Sigríður Þór Þórður Þórunn Þóra Ólafur Ólöf Björk Björn Kristín Kristján
      Höskuldur Hörður Hólmfríður Ásgeir Ásta Ágúst Áslaug Einarsdóttir Jónsdóttir Gunnarsdóttir Ragnheiður Rúnar Steinunn
      Stefán Sæmundur Sævar Unnur Örn Össur Ævar Ísland Reykjavík Kópavogur Hafnarfjörður Akureyri Keflavík Ísafjörður
      Egilsstaðir Selfoss Garðabær Mosfellsbær Laugavegur Skólavörðustígur Hæð Sími Heimili Fyrirtæki Verð Vörur Þjónusta
      Norður Suður Vestur Austur Noregur Svíþjóð Danmörk Þýskaland Frakkland Ítalía Spánn Bretland Írland Færeyjar Kína
      Indland Rússland Tékkland Slóvakía Slóvenía Króatía Rúmenía Búlgaría Makedónía Úkraína Grænland Bandaríkin Mexíkó`,
  },
  {
    language: 'Albanian',
    group: 'central',
    words: `Shqipëri Tiranë Durrës Vlorë Shkodër Korçë Gjirokastër Lushnjë Kavajë Krujë Përmet Sarandë Çlirim Çela Hëna Dëshira
      Gëzim Përparim Afërdita Zamirë Vjollcë Mirësia Lumë Rrugë Bregu Gjeçaj Çelaj Shtëpi Numër Emër Është Një Dhe Të Në Më
      Për Këto Bashkëpunim Kompani Zvicër Greqi Gjermani Francë Spanjë Britani Ukrainë Zelandë Guinë Egjipt Somali Çeki
      Përtejmë Frëngë Mbretëri Ekuatoriale Kroaci Bullgari Kinë Japoni Indonezi Tajlandë Afganistan Shën Xhorxhia Jugore`,
  },
  {
    language: 'Polish',
    group: 'central',
    words: `Łukasz Małgorzata Michał Paweł Rafał Stanisław Władysław Wiesława Józef Róża Bożena Grażyna Żaneta Świętosława
      Agnieszka Wójcik Kowalski Kowalczyk Wiśniewski Dąbrowski Kamiński Lewandowski Zieliński Woźniak Szymański Jankowski
      Kozłowski Jabłoński Wróbel Król Wójtowicz Jaźwiński Pawłowski Głowacki Błaszczyk Brzęczyszczykiewicz Gąsior Gołębiewski
      Cieślak Ćwikła Źródło Żak Ślusarczyk Śliwa Świątek Łoś Łapiński Niedźwiedź Wąsik Kędzierski Węgrzyn Pająk Mączka Sławek
      Łódź Kraków Wrocław Poznań Gdańsk Białystok Częstochowa Rzeszów Toruń Kielce Olsztyn Zielona Góra Rybnik Bielsko-Biała
      Dąbrowa Górnicza Elbląg Płock Wałbrzych Włocławek Tarnów Chorzów Przemyśl Zamość Suwałki Słupsk Nowy Sącz Świdnica
      ulica Śródmieście Piłsudskiego Kościuszki Mickiewicza Żeromskiego Słowackiego Wyspiańskiego Jagiellońska Długa Główna
      imię nazwisko miasto uwagi województwo płatność przelewem spółka odpowiedzialnością sprzedaż usługi książka żółć gęś
      jaźń źdźbło zażółć gęślą dzień dobry proszę dziękuję więc także będzie są się że można wysyłka wartość ilość kwota
      Hiszpania Włochy Węgry Rumunia Chorwacja Słowenia Łotwa Białoruś Japonia Chiny Południowa Północna Księstwo Wyspy Świętego`,
  },
  {
    language: 'Czech',
    group: 'central',
    words: `Jiří Tomáš Lukáš Ondřej Matěj Vojtěch František Václav Zdeněk Miloš Aleš Luboš Radomír Bohumír Stanislav Kateřina
      Markéta Lenka Alžběta Věra Zdeňka Božena Růžena Jiřina Dvořák Novák Svoboda Novotný Černý Procházka Kučera Veselý Horák
      Němec Pokorný Pospíšil Hájek Jelínek Král Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Navrátil Čermák Vaněk Urban
      Blažek Kříž Kopecký Bartoš Vlček Musil Šimek Konečný Malý Čech Štěpánek Kadlec Tichý Říha Ševčík Tůma Vašíček Řezníčková
      Nováková Dvořáková Černá Procházková Plzeň Liberec Ústí nad Labem Hradec Králové České Budějovice Zlín Jihlava Přerov
      Děčín Kroměříž Třebíč Žďár Příbram Mělník Náchod Šumperk Chrudim Břeclav náměstí třída ulice Žižkova Žižkov Smíchov
      Václavské Dlouhá Příčná Školní Zahradní společnost ručením omezeným příjmení jméno číslo město země poznámka účet
      Česko Slovensko Německo Rakousko Maďarsko Švýcarsko Španělsko Řecko Dánsko Švédsko Japonsko Čína Jižní Severní Korea
      Spojené státy Nový Zéland žluťoučký kůň úpěl ďábelské ódy dětský těžký tři čtyři pět šest příští zítra dobrý`,
  },
  {
    language: 'Slovak',
    group: 'central',
    words: `Ján Jozef Štefan Tomáš Ľubomír Ľuboš Ľudovít Miloš Matúš Lukáš Ondrej Vojtech Zuzana Mária Ľubica Božena Kováč
      Horváth Varga Tóth Nagy Baláž Szabó Molnár Balog Lukáč Novák Kováčik Polák Hudák Gajdoš Kučera Krajčír Sedlák Šimko Ďurica
      Ďuriš Mičura Hlinková Kováčová Bratislava Košice Prešov Žilina Banská Bystrica Nitra Trnava Trenčín Poprad Žiar Čadca
      Piešťany Michalovce Ružomberok Liptovský Mikuláš Svätý Jur Dunajská Levoča Bardejov Námestie Hlavná Štúrova Hviezdoslavovo
      Slnečná Májová ulica spoločnosť priezvisko číslo mesto poznámka krajina päť šesť deväť tŕň vŕba stĺp vĺča kôň stôl môže
      Česko Nemecko Rakúsko Maďarsko Švajčiarsko Španielsko Grécko Dánsko Švédsko Južná Kórea Severná Francúzsko Taliansko
      Spojené štáty Nový Zéland Svätá Lucia Rovníková Guinea Veľká Británia Poľsko Rumunsko Ukrajina Bielorusko Čierna Hora`,
  },
  {
    language: 'Hungarian',
    group: 'central',
    words: `László István József János Zoltán Sándor Gábor Ferenc Tamás Péter Attila Zsolt György Lajos Gyula András Róbert Tibor
      Mihály Béla Csaba Krisztián Balázs Dávid Bálint Ádám Ákos Árpád Géza Győző Jenő Ernő Dezső Rezső Mária Erzsébet Katalin
      Éva Ilona Zsuzsanna Ágnes Andrea Márta Judit Anikó Ildikó Mónika Tímea Réka Boglárka Nagy Kovács Tóth Szabó Horváth Varga
      Kiss Molnár Németh Farkas Balogh Papp Takács Juhász Lakatos Mészáros Oláh Simon Rácz Fekete Szilágyi Török Fehér Gál Kocsis
      Pintér Fodor Szűcs Lukács Magyar Hegedűs Győri Dömötör Kőszegi Erdős Bíró Vörös Szőke Sütő Tűzkő Budapest Debrecen Szeged
      Miskolc Pécs Győr Nyíregyháza Kecskemét Székesfehérvár Szombathely Érd Tatabánya Kaposvár Békéscsaba Hódmezővásárhely
      Gödöllő Szentendre Gyöngyös Dunaújváros Üllői út utca tér körút Rákóczi Petőfi Kossuth Széchenyi Váci Deák Andrássy Fő Bem
      vezetéknév keresztnév cím irányítószám megjegyzés vevő szállító kereskedő felelősségű társaság művek fűtő gyűjtő szőlő
      Ausztria Németország Franciaország Szlovákia Csehország Törökország Görögország Dél-Korea Új-Zéland Egyesült Államok`,
  },
  {
    language: 'Romanian',
    group: 'central',
    words: `Ştefan Cătălin Mădălina Răzvan Bogdan Ionuţ Mihăiţă Costică Ţepeş Băsescu Ceauşescu Iliescu Năstase Bălan Dănilă Gheorghiţă
      Lăcătuş Pătraşcu Rădulescu Săvulescu Ştefănescu Tănase Văcărescu Zăvoianu Mureşan Câmpeanu Mînzatu Bănică Crăciun Brâncuşi
      Bucureşti Iaşi Timişoara Constanţa Braşov Galaţi Ploieşti Brăila Oradea Piteşti Târgu Mureş Bacău Buzău Botoşani Suceava
      Piatra Neamţ Râmnicu Vâlcea Drobeta Focşani Bistriţa Reşiţa Slatina Călăraşi Giurgiu Sfântu Gheorghe Bârlad Vaslui Hunedoara
      strada bulevardul piaţa şoseaua Unirii Independenţei Mihai Viteazul Ştefan cel Mare judeţ oraş ţară telefon număr preţ
      societate cu răspundere limitată vânzări cumpărături până când după fără între în şi că să vă această România Franţa Elveţia
      Spania Grecia Turcia Coasta de Fildeş Noua Zeelandă Finlanda Irlandă Olanda Guyană Africană Ecuatorială Polineziă Sfânta
      Elena Insulele Americane Mauriţius Croaţia Suedia Norvegia Coreea Japonia China Egipt Înaltă Încă`,
  },
  {
    language: 'Croatian and Slovene',
    group: 'central',
    words: `Željko Željka Živko Šime Škoro Čedo Ćiro Đuro Đorđe Đurđica Krešimir Krunoslav Tomislav Domagoj Dražen Božidar Božo Boštjan
      Matjaž Tomaž Janez Blaž Žiga Žan Nežka Mateja Urška Špela Tjaša Anže Horvat Kovačević Babić Marić Novak Jurić Kovačić Knežević
      Vuković Marković Petrović Matić Tomić Pavlović Božić Blažević Grgić Pavić Radić Perić Filipović Šarić Lovrić Vidović Perković
      Popović Bošnjak Jukić Barišić Župančič Kovač Potočnik Mlakar Kralj Zupan Golob Božič Kočevar Šušteršič Hribar Čeh Žagar Oblak
      Šibenik Čakovec Požega Poreč Makarska Đakovo Varaždin Sinj Omiš Senj Kaštela Petrinja Križevci Ljubljana Maribor Celje Kranj
      Škofja Loka Črnomelj Kočevje Žalec Tržič Krško Brežice Novo Mesto Sarajevo Bihać Brčko Niš Čačak Kraljevo Užice Beograd ulica
      cesta trg Šetalište Preradovića Kneza Tržaška Dunajska Šolska Češka Grčka Mađarska Španija Švicarska Švedska Južna Sjeverna
      Republika Alžirija Čad Čile Hrvaška Madžarska Združene države Amerike Češko Južnoafriška društvo odgovornošću tvrtka sveučilište
      ćevapčići čaj žena riječ šuma džemper još više može će većina uključujući početak kuća noć`,
  },
  {
    language: 'Lithuanian',
    group: 'baltic',
    words: `Jonas Žydrūnas Šarūnas Ąžuolas Mindaugas Tomas Rūta Eglė Rasa Živilė Ieva Miglė Gintarė Kristė Aistė Simonė Žemaitė Birutė
      Kazlauskas Žukauskas Butkus Petrauskienė Kazlauskienė Stankevičius Jankauskas Paulauskienė Urbonas Navickas Mažeika Šimkus Čepas
      Vilnius Kaunas Klaipėda Šiauliai Panevėžys Alytus Marijampolė Mažeikiai Jonava Utena Kėdainiai Telšiai Tauragė Ukmergė Visaginas
      Plungė Kretinga Šilutė Radviliškis Palanga gatvė prospektas aikštė Gedimino Savanorių Žalgirio įmonė uždaroji akcinė bendrovė
      pavardė vardas miestas šalis įrašas ačiū prašom labą rytą žmogus šešių kūno ūkis įvairių mėnuo Vokietija Prancūzija Čekija
      Švedija Švenčionys Jungtinės Amerikos Valstijos Pietų Afrika Naujoji Zelandija Ąžuolynas Džibutis Kirgizija Tadžikija Jordanija`,
  },
  {
    language: 'Latvian',
    group: 'baltic',
    words: `Jānis Andris Juris Edgars Māris Aivars Pēteris Kārlis Mārtiņš Ģirts Gatis Uģis Guntis Anna Inese Kristīne Līga Dace Sanita
      Zane Ilze Ligita Bērziņš Kalniņš Ozoliņš Jansons Liepiņš Krūmiņš Balodis Eglītis Pētersons Zariņš Vītols Kļaviņš Āboliņš Šmits
      Žagars Ķirsis Ņikita Čakste Rīga Daugavpils Liepāja Jelgava Jūrmala Ventspils Rēzekne Valmiera Jēkabpils Ogre Tukums Cēsis Salaspils
      Kuldīga Sigulda Bauska Brīvības iela Elizabetes Barona Ģertrūdes sabiedrība ierobežotu atbildību uzņēmums vārds uzvārds pilsēta
      piezīmes labdien paldies lūdzu šodien rīt ēka ābols ūdens žurnāls čau šūna Vācija Francija Zviedrija Čehija Ķīna Japāna Indija Grieķija
      Šveice Spānija Itālija Apvienotā Karaliste Amerikas Savienotās Valstis Dienvidāfrika Ziemeļkoreja Jaunzēlande Kotdivuāra Gvineja`,
  },
  {
    language: 'Estonian',
    group: 'baltic',
    words: `Jüri Jaan Tõnu Tõnis Märt Pärt Ülo Ülle Õie Õnne Kärt Külli Mürgel Külliki Väino Ööbik Tamm Saar Sepp Mägi Kask Kukk Rebane Ilves
      Pärn Koppel Lõhmus Jõgi Põder Kõiv Vähi Pärtel Tõnisson Tüür Käär Rüütel Mäe Männik Kütt Süld Põld Õunapuu Äär Tallinn Tartu Narva Pärnu
      Kohtla-Järve Viljandi Rakvere Sillamäe Maardu Kuressaare Võru Valga Jõhvi Haapsalu Põlva Jõgeva Türi Põltsamaa Elva Räpina Kärdla tänav
      maantee puiestee väljak Pärnu Sõpruse Tööstuse Mäealuse osaühing müük õpetaja töö söök öö õhtu päev kõik tütar mõis küla põld käsi pühad
      Läti Leedu Venemaa Šveits Tšehhi Ühendkuningriik Ameerika Ühendriigid Lõuna-Aafrika Põhja-Korea Hispaania Itaalia Türgi Küpros Päikese Žanna Saša Maša
      Nataša Aljoša Miša Žukov Žilin Šarov Šmidt Šults Šults Žüri Šokolaad Žetoon Šerif Dušš Garaaž Tšello Tšaikovski`,
  },
  {
    language: 'Turkish',
    group: 'other',
    words: `Mehmet Mustafa Ayşe Fatma Emine Hatice Zeynep Elif Meryem Şerife Zehra Sultan Hanife Merve Özlem Gülşen Gülay Güneş Çiğdem Tuğba
      Büşra Kübra Yağmur Doğan Doğukan Çağlar Çağrı Oğuz Oğuzhan Umut Uğur Özgür Özcan Ömer Şükrü Işıl Işık İbrahim İsmail İrfan İlker Yılmaz
      Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek Polat Özer Taş Güneş
      Korkmaz Çakır Erdoğan Yalçın Avcı Işık Tekin Güler Bulut Keskin Ünal Turan Gül Bozkurt İstanbul Ankara İzmir Bursa Eskişehir Diyarbakır
      Gaziantep Kayseri Mersin Adana Şanlıurfa Malatya Erzurum Elazığ Balıkesir Aydın Tekirdağ Sakarya Denizli Çorum Çanakkale Muğla Iğdır
      Kırıkkale Ağrı Kadıköy Beşiktaş Üsküdar Şişli Çankaya Keçiören Bahçelievler Mahallesi Caddesi Sokağı Bulvarı Apartmanı Atatürk Cumhuriyet
      İnönü Müdürü Satış Şirketi Limited Ticaret Sanayi Türkiye Almanya Yunanistan Güney Kore Japonya Çin Birleşik Krallık Amerika Adası Adaları
      müşteri adı soyadı şehir ülke açıklama değil için çok güzel iyi günler öğretmen ağaç yüz üç dört beş altı dakika`,
  },
  {
    language: 'Russian',
    group: 'cyrillic',
    words: `Александр Алексей Анатолий Андрей Антон Борис Вадим Валентин Василий Виктор Виталий Владимир Вячеслав Геннадий Георгий Григорий
      Дмитрий Евгений Егор Иван Игорь Илья Кирилл Константин Леонид Максим Михаил Никита Николай Олег Павел Пётр Роман Сергей Станислав Степан
      Фёдор Юрий Ярослав Анна Алёна Анастасия Валентина Вера Виктория Галина Дарья Екатерина Елена Ирина Ксения Лариса Любовь Людмила Марина Мария
      Надежда Наталья Ольга Оксана Полина Светлана Татьяна Юлия Иванов Иванова Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков
      Фёдоров Морозов Волков Алексеев Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв
      Борисов Яковлев Григорьев Щербаков Щукин Цветков Чернышёв Жуков Журавлёв Ёлкин Хохлов Шевцов Юдин Эдуард Объедков Москва Санкт-Петербург
      Новосибирск Екатеринбург Нижний Новгород Казань Челябинск Омск Самара Ростов-на-Дону Уфа Красноярск Пермь Воронеж Волгоград Саратов Тюмень
      Тольятти Ижевск Ульяновск Барнаул Иркутск Хабаровск Ярославль Владивосток Махачкала Томск Оренбург Кемерово Рязань Астрахань Йошкар-Ола Пенза
      Липецк Киров Чебоксары улица проспект переулок площадь шоссе набережная Ленина Пушкина Гагарина Мира Советская Центральная Молодёжная Школьная
      Садовая Лесная дом квартира корпус строение имя фамилия отчество город телефон адрес область район республика общество с ограниченной
      ответственностью предприятие директор менеджер покупатель клиент заказ сумма дата примечание оплата доставка это что как его также который
      Германия Франция Великобритания Испания Китай Япония Южная Корея Острова Гвинея Египет Объединённые Арабские Эмираты Соединённые Штаты`,
  },
  {
    language: 'Ukrainian',
    group: 'cyrillic',
    words: `Олександр Андрій Сергій Володимир Микола Іван Василь Юрій Олексій Дмитро Євген Ігор Тарас Богдан Ярослав Олена Ірина Оксана Наталія
      Тетяна Людмила Світлана Юлія Марія Ганна Катерина Вікторія Шевченко Коваленко Бондаренко Ткаченко Кравченко Ковальчук Олійник Шевчук Поліщук
      Савченко Мельник Бойко Лисенко Марченко Петренко Руденко Гончаренко Павленко Їжакевич Ґудзь Київ Харків Одеса Дніпро Донецьк Запоріжжя Львів
      Кривий Ріг Миколаїв Маріуполь Луганськ Вінниця Херсон Полтава Чернігів Черкаси Житомир Суми Хмельницький Чернівці Рівне Івано-Франківськ
      Тернопіль Луцьк Ужгород вулиця провулок площа бульвар Хрещатик Незалежності Франка Лесі Українки Грушевського ім’я прізвище місто телефон
      область район товариство обмеженою відповідальністю підприємство замовлення кількість вартість оплата і її їх є що це який також після між
      Німеччина Франція Велика Британія Іспанія Італія Греція Швеція Японія Південна Корея Об’єднані Сполучені Штати Острови Гвінея`,
  },
  {
    language: 'Bulgarian',
    group: 'cyrillic',
    words: `Георги Иван Димитър Николай Петър Христо Стефан Йордан Васил Александър Тодор Стоян Атанас Ангел Красимир Пламен Мария Иванка Елена
      Йорданка Пенка Маргарита Виолета Радка Стефка Величка Цветанка Стоянов Иванов Георгиев Димитров Петров Николов Христов Ангелов Тодоров Въчев
      Стойчев Ъгленов Щерев Цветков Любомир Любен София Пловдив Варна Бургас Русе Стара Загора Плевен Сливен Добрич Шумен Перник Хасково Ямбол
      Пазарджик Благоевград Велико Търново Враца Габрово Асеновград Видин Казанлък Кърджали Кюстендил Монтана улица булевард площад Витоша Цар
      Освободител Княз Дондуков Васил Левски име фамилия град телефон адрес държава дружество с ограничена отговорност търговия фирма бележка
      съм със също към първи вътре Германия Франция Великобритания Гърция Швейцария Чехия Унгария Южна Корея Обединено кралство Съединени щати Острови`,
  },
  {
    language: 'Serbian and Macedonian',
    group: 'cyrillic',
    words: `Никола Милош Душан Срђан Ђорђе Љубомир Љиљана Његош Војислав Зоран Горан Слободан Драган Јелена Јована Јасмина Снежана Биљана Весна
      Петровић Јовановић Николић Марковић Ђорђевић Стојановић Илић Станковић Павловић Милошевић Живковић Томић Ђурић Београд Нови Сад Ниш Крагујевац
      Суботица Зрењанин Панчево Чачак Краљево Ужице Врање Шабац улица кнеза Михаила џез Џорџ њива људи ћуприја Скопје Битола Куманово Прилеп Тетово
      Охрид Велес Штип Ќиро Ѓорѓи Ѓорче Ѕвезда Јовановски Николовски Стојановска Трајковски Македонија Србија Хрватска Немачка Француска Јужна Кореја
      Германија Франција Шпанија Јапонија Грција Унгарија Јужноафриканска Обединето Кралство Соединети Американски Држави Острови Кина Индија Мјанмар`,
  },
  {
    language: 'Greek',
    group: 'other',
    words: `Γεώργιος Δημήτρης Δημήτριος Κωνσταντίνος Ιωάννης Νικόλαος Παναγιώτης Χρήστος Αθανάσιος Βασίλειος Ευάγγελος Μιχάλης Σπύρος Αντώνης Θεόδωρος
      Στέφανος Γιώργος Γιάννης Κώστας Νίκος Μαρία Ελένη Αικατερίνη Βασιλική Σοφία Αγγελική Γεωργία Ευαγγελία Χριστίνα Δήμητρα Ιωάννα Κωνσταντίνα Άννα
      Παπαδόπουλος Παππάς Καραγιάννης Βλάχος Ιωαννίδης Οικονόμου Παπαγεωργίου Μακρής Κωνσταντινίδης Δημόπουλος Γεωργίου Παπαδοπούλου Νικολαΐδης Ζωή Έλλη
      Αθήνα Θεσσαλονίκη Πάτρα Πειραιάς Λάρισα Ηράκλειο Βόλος Ιωάννινα Τρίκαλα Χαλκίδα Σέρρες Αλεξανδρούπολη Ξάνθη Κατερίνη Καλαμάτα Καβάλα Χανιά Λαμία
      Κομοτηνή Ρόδος Αγρίνιο Δράμα Βέροια Κοζάνη Κέρκυρα Λευκωσία Λεμεσός οδός λεωφόρος πλατεία Ερμού Πανεπιστημίου Σταδίου Ακαδημίας Συγγρού Κηφισίας
      όνομα επώνυμο πόλη χώρα τηλέφωνο διεύθυνση εταιρεία περιορισμένης ευθύνης πωλήσεις και του της των στην από για είναι μέχρι μετά πρώτη
      Γερμανία Γαλλία Ισπανία Ιταλία Ελλάδα Ηνωμένο Βασίλειο Ηνωμένες Πολιτείες Νήσοι Νότια Κορέα Βόρεια Αφρική Κίνα Ιαπωνία Ουγγαρία Αίγυπτος`,
  },
  {
    language: 'Hebrew',
    group: 'other',
    words: `יוסף דוד משה אברהם יעקב יצחק שלמה חיים שמואל אליהו מיכאל דניאל רחל שרה לאה רבקה מרים אסתר חנה נועה תמר יעל מיכל כהן לוי מזרחי פרץ ביטון
      דהן אברהם פרידמן מלכה אזולאי כץ יוסף עמר אוחיון חדד גבאי ירושלים תל אביב חיפה ראשון לציון פתח תקווה אשדוד נתניה באר שבע בני ברק חולון רמת גן
      רחובות אשקלון הרצליה כפר סבא רחוב שדרות כיכר הרצל בן גוריון ויצמן ז'בוטינסקי דיזנגוף אלנבי שם משפחה עיר טלפון כתובת חברה בעמ מכירות של את עם
      גרמניה צרפת ספרד איטליה יפן סין הודו בריטניה ארצות הברית איי דרום קוריאה צפון אפריקה מצרים ירדן`,
  },
  {
    language: 'Arabic',
    group: 'other',
    words: `محمد أحمد علي حسن حسين إبراهيم عبد الله الرحمن خالد عمر يوسف مصطفى محمود سعيد فاطمة عائشة مريم خديجة زينب نور سارة ليلى هدى إيمان آمنة رنا
      القاهرة الإسكندرية الرياض جدة مكة المكرمة المدينة المنورة الدمام بغداد البصرة دمشق حلب بيروت عمان دبي أبو ظبي الشارقة الكويت الدوحة المنامة مسقط
      صنعاء الخرطوم طرابلس تونس الجزائر الدار البيضاء الرباط شارع طريق ميدان الملك الحرية التحرير الجمهورية النصر اسم العائلة المدينة الهاتف العنوان شركة
      محدودة المبيعات مدير في من على إلى هذا التي ألمانيا فرنسا إسبانيا إيطاليا الصين اليابان الهند المملكة المتحدة الولايات جزر كوريا الجنوبية غينيا مصر`,
  },
  {
    language: 'Persian',
    group: 'other',
    words: `علی رضا حسین مهدی زهرا فاطمه پریسا پویا ژاله گلنار چنگیز کامران تهران مشهد اصفهان کرج شیراز تبریز قم اهواز کرمانشاه خیابان کوچه بلوار گیلان
      چابهار پاکدشت ایران ترکیه پاکستان آلمان فرانسه ژاپن چین گرجستان انگلستان کره جنوبی جمهوری جزایر`,
  },
  {
    language: 'Thai',
    group: 'other',
    words: `สมชาย สมหญิง สมศักดิ์ วิชัย ประเสริฐ สุภาพร วันเพ็ญ กรุงเทพมหานคร เชียงใหม่ นครราชสีมา ขอนแก่น หาดใหญ่ ภูเก็ต ชลบุรี อุดรธานี ถนน ซอย ตำบล อำเภอ
      จังหวัด สุขุมวิท พหลโยธิน รามคำแหง บริษัท จำกัด ชื่อ นามสกุล โทรศัพท์ ที่อยู่ ประเทศ เยอรมนี ฝรั่งเศส สเปน อิตาลี ญี่ปุ่น จีน อินเดีย เกาหลีใต้ หมู่เกาะ
      สหราชอาณาจักร สหรัฐอเมริกา สาธารณรัฐ ประชาธิปไตย กินี อียิปต์`,
  },
  {
    language: 'Vietnamese',
    group: 'other',
    words: `Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trương Đoàn Lâm Mai Trịnh Cao
      Văn Thị Đức Hữu Minh Quốc Thành Hùng Dũng Cường Tuấn Phúc Thắng Hải Sơn Long Hiếu Nghĩa Việt Bảo Khánh Hà Hương Lan
      Hạnh Thảo Ngọc Bích Tuyết Phương Hồng Yến Trang Thủy Loan Nhung Hiền Huệ Quỳnh Thúy Kiều Diễm Mỹ Linh Tú Ánh
      Hà Nội Hồ Chí Minh Đà Nẵng Hải Phòng Cần Thơ Huế Biên Hòa Vũng Tàu Nha Trang Đà Lạt Quảng Ninh Nghệ An Bắc Giang
      Thái Nguyên Bình Dương Đồng Nai Quận Huyện Phường Đường Nguyễn Huệ Lê Lợi Trần Hưng Đạo Điện Biên Phủ Hai Bà Trưng
      Công ty trách nhiệm hữu hạn cổ phần thương mại dịch vụ sản xuất xây dựng vận tải bánh mì nhà hàng khách sạn cửa hàng
      khách hàng thân thiết gọi lại ngày mai đã thanh toán tiền mặt chưa trả nợ giao hàng địa chỉ điện thoại ghi chú số`,
  },
];
