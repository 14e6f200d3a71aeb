extension SeedDictionary {
    /// 60 countries and their codes (ISO 3166-1).
    static let englishCountries = """
        Argentina,Australia,Austria,Belgium,Brazil,Bulgaria,Canada,Chile,China,Colombia,Croatia,Cyprus,Czechia,
        Denmark,Ecuador,Egypt,Estonia,Finland,France,Germany,Ghana,Greece,Hungary,Iceland,India,Indonesia,Ireland,
        Israel,Italy,Japan,Kenya,Latvia,Lithuania,Luxembourg,Malaysia,Malta,Mexico,Morocco,Netherlands,New Zealand,
        Nigeria,Norway,Peru,Philippines,Poland,Portugal,Romania,Singapore,Slovakia,Slovenia,South Africa,South Korea,
        Spain,Sweden,Switzerland,Thailand,Türkiye,United Kingdom,United States,Vietnam
        """
    static let englishCountryCodes = """
        AR,AU,AT,BE,BR,BG,CA,CL,CN,CO,HR,CY,CZ,
        DK,EC,EG,EE,FI,FR,DE,GH,GR,HU,IS,IN,ID,IE,
        IL,IT,JP,KE,LV,LT,LU,MY,MT,MX,MA,NL,NZ,
        NG,NO,PE,PH,PL,PT,RO,SG,SK,SI,ZA,KR,
        ES,SE,CH,TH,TR,GB,US,VN
        """

    /// Cities, each with the code of its country behind a slash; every country has at least one.
    static let englishCities = """
        Buenos Aires/AR,Córdoba/AR,Rosario/AR,Sydney/AU,Melbourne/AU,Brisbane/AU,Perth/AU,Adelaide/AU,Vienna/AT,Graz/AT,
        Linz/AT,Salzburg/AT,Brussels/BE,Antwerp/BE,Ghent/BE,São Paulo/BR,Rio de Janeiro/BR,Curitiba/BR,Recife/BR,
        Sofia/BG,Varna/BG,Toronto/CA,Montréal/CA,Vancouver/CA,Calgary/CA,Ottawa/CA,Halifax/CA,Santiago/CL,Valparaíso/CL,
        Shanghai/CN,Beijing/CN,Shenzhen/CN,Chengdu/CN,Bogotá/CO,Medellín/CO,Zagreb/HR,Split/HR,Nicosia/CY,Prague/CZ,Brno/CZ,
        Copenhagen/DK,Aarhus/DK,Odense/DK,Quito/EC,Cairo/EG,Alexandria/EG,Tallinn/EE,Tartu/EE,Helsinki/FI,Tampere/FI,
        Turku/FI,Paris/FR,Lyon/FR,Marseille/FR,Toulouse/FR,Bordeaux/FR,Lille/FR,Nantes/FR,Berlin/DE,Hamburg/DE,Munich/DE,
        Cologne/DE,Frankfurt/DE,Stuttgart/DE,Leipzig/DE,Dresden/DE,Accra/GH,Athens/GR,Thessaloniki/GR,Budapest/HU,
        Debrecen/HU,Reykjavik/IS,Mumbai/IN,Delhi/IN,Bengaluru/IN,Chennai/IN,Pune/IN,Hyderabad/IN,Jakarta/ID,Bandung/ID,
        Dublin/IE,Cork/IE,Galway/IE,Tel Aviv/IL,Haifa/IL,Rome/IT,Milan/IT,Turin/IT,Naples/IT,Bologna/IT,Florence/IT,
        Tokyo/JP,Osaka/JP,Kyoto/JP,Sapporo/JP,Nagoya/JP,Nairobi/KE,Mombasa/KE,Riga/LV,Vilnius/LT,Kaunas/LT,Luxembourg/LU,
        Kuala Lumpur/MY,Penang/MY,Valletta/MT,Mexico City/MX,Guadalajara/MX,Monterrey/MX,Casablanca/MA,Rabat/MA,
        Amsterdam/NL,Rotterdam/NL,Utrecht/NL,Eindhoven/NL,Auckland/NZ,Wellington/NZ,Lagos/NG,Abuja/NG,Oslo/NO,Bergen/NO,
        Trondheim/NO,Lima/PE,Cusco/PE,Manila/PH,Cebu City/PH,Warsaw/PL,Kraków/PL,Gdańsk/PL,Wrocław/PL,Lisbon/PT,Porto/PT,
        Braga/PT,Bucharest/RO,Cluj-Napoca/RO,Singapore/SG,Bratislava/SK,Košice/SK,Ljubljana/SI,Maribor/SI,Cape Town/ZA,
        Johannesburg/ZA,Durban/ZA,Seoul/KR,Busan/KR,Incheon/KR,Madrid/ES,Barcelona/ES,Valencia/ES,Seville/ES,Bilbao/ES,
        Stockholm/SE,Gothenburg/SE,Malmö/SE,Uppsala/SE,Zürich/CH,Geneva/CH,Basel/CH,Bern/CH,Lausanne/CH,Bangkok/TH,
        Chiang Mai/TH,Istanbul/TR,Ankara/TR,Izmir/TR,London/GB,Manchester/GB,Birmingham/GB,Leeds/GB,Glasgow/GB,
        Edinburgh/GB,Bristol/GB,Liverpool/GB,Cardiff/GB,Belfast/GB,New York/US,Los Angeles/US,Chicago/US,Houston/US,
        Phoenix/US,Philadelphia/US,San Antonio/US,San Diego/US,Dallas/US,Austin/US,Seattle/US,Denver/US,Boston/US,
        Portland/US,Atlanta/US,Miami/US,Minneapolis/US,Nashville/US,Hanoi/VN,Da Nang/VN
        """

    static let englishStreetNames = """
        Abbey,Acorn,Alder,Ash,Aspen,Bakers,Bank,Bay,Beach,Beech,Birch,Bridge,Broad,Brook,Canal,Castle,
        Cedar,Central,Chapel,Cherry,Chestnut,Church,Clay,Cliff,Coach,College,Copper,Court,Cross,Crown,Dale,Dock,
        Eagle,East,Elder,Elm,Fairview,Falcon,Farm,Fern,Ferry,Field,Forest,Forge,Fountain,Foundry,Garden,Gate,
        Glen,Grange,Granite,Green,Grove,Hamilton,Harbour,Hawthorn,Hazel,Heath,High,Highland,Hill,Holly,Ivy,Juniper,
        Kiln,King,Lake,Lark,Laurel,Lavender,Liberty,Lilac,Lime,Linden,Long,Magnolia,Main,Manor,Maple,Market,
        Meadow,Mill,Monument,Moor,Mulberry,Museum,North,Oak,Old,Olive,Orchard,Palm,Park,Pearl,Pine,Pioneer,
        Plum,Pond,Poplar,Priory,Quarry,Queen,Railway,River,Rose,Rowan,Russell,School,Sea,Shore,Silver,South,
        Spring,Spruce,Square,Station,Stone,Summer,Sunset,Temple,Tower,Union,Valley,Victoria,Walnut,Water,West,Willow
        """
    static let englishStreetTypes = "Street,Road,Avenue,Lane,Way,Drive,Close,Court,Place,Terrace,Crescent,Boulevard"
}
