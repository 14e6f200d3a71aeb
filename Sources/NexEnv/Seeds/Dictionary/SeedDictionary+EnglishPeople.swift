extension SeedDictionary {
    /// 256 first names of the English dictionary, version 1.
    static let englishFirstNames = """
        Aaron,Abigail,Ada,Adam,Adele,Adrian,Agnes,Ahmed,Aisha,Alan,Albert,Alejandro,Alex,Alice,Alina,Amara,
        Amelia,Amir,Amy,Ana,Andre,Andrea,Andrew,Angela,Anika,Anna,Anthony,Antonio,Ariel,Arjun,Arthur,Asha,
        Astrid,Audrey,Aurora,Ava,Barbara,Beatrice,Ben,Benjamin,Bianca,Björn,Boris,Brian,Bruno,Caleb,Camila,Carl,
        Carla,Carlos,Carmen,Caroline,Catherine,Cecilia,Charles,Charlotte,Chen,Chiara,Chloé,Christian,Clara,Claude,Clement,Cora,
        Cyrus,Daisuke,Dalia,Daniel,Daniela,Darius,David,Deborah,Delia,Dennis,Diana,Diego,Dimitri,Dina,Dmitri,Dominic,
        Donna,Dorothy,Dylan,Edgar,Edith,Eduardo,Edward,Elena,Eli,Elias,Elif,Elijah,Elise,Elizabeth,Ella,Ellen,
        Elsa,Emil,Emily,Emma,Enzo,Eric,Erika,Esther,Ethan,Eva,Evelyn,Fatima,Felix,Fernando,Fiona,Flora,
        Florian,Frances,Francis,Frank,Freya,Frida,Gabriel,George,Gerald,Gianna,Gloria,Grace,Greta,Gustav,Hana,Hannah,
        Harold,Harper,Harry,Hassan,Hazel,Heidi,Helen,Henry,Hiroshi,Hugo,Ian,Ibrahim,Ida,Igor,Imani,Ines,
        Ingrid,Irene,Iris,Isaac,Isabel,Isaiah,Ivan,Ivy,Jack,Jacob,Jada,James,Jamila,Jane,Jasmine,Jason,
        Javier,Jean,Jennifer,Jessica,Joan,Johan,John,Jonas,Jonathan,Jorge,José,Joseph,Joshua,Josie,Juan,Judith,
        Julia,Julian,Jun,Karen,Karim,Karl,Kate,Keiko,Kenji,Kevin,Kim,Klara,Kofi,Kwame,Laila,Lars,
        Laura,Leah,Leila,Lena,Leo,Leonard,Liam,Lily,Linda,Lisa,Logan,Louis,Louise,Lucas,Lucia,Luna,
        Lydia,Mabel,Magnus,Malik,Marco,Margaret,Maria,Marie,Mark,Martha,Martin,Mary,Mateo,Matthew,Maya,Mei,
        Mia,Michael,Mila,Miriam,Mohamed,Monica,Nadia,Naomi,Natalie,Nathan,Nia,Nicolas,Nina,Noah,Nora,Olga,
        Oliver,Olivia,Omar,Oscar,Pablo,Paul,Paula,Peter,Priya,Rachel,Renée,Samuel,Sofia,Theo,Victor,Zoë
        """

    /// 256 last names of the English dictionary, version 1.
    static let englishLastNames = """
        Abbott,Abe,Acosta,Adams,Aguilar,Ahmad,Alexander,Allen,Almeida,Alvarez,Amari,Andersen,Anderson,Andrade,Appleton,Archer,
        Arnold,Ashby,Bailey,Baker,Banks,Barnes,Barrett,Bauer,Becker,Bell,Bennett,Berg,Bergström,Bernard,Bianchi,Bishop,
        Black,Blake,Blanc,Bloom,Boateng,Bosch,Bowman,Boyd,Bradley,Brandt,Brennan,Brooks,Brown,Bruno,Burke,Burns,
        Butler,Byrne,Campbell,Cardoso,Carlson,Carr,Carter,Castillo,Chan,Chandra,Chang,Chapman,Chavez,Choi,Christensen,Clark,
        Clarke,Cohen,Cole,Coleman,Collins,Conti,Cook,Cooper,Costa,Cox,Craig,Crawford,Cruz,Cunningham,Dahl,Dalton,
        Daniels,Davies,Davis,Dawson,Delgado,Demir,Desai,Diallo,Diaz,Dixon,Douglas,Doyle,Dubois,Duffy,Duncan,Dunn,
        Dupont,Duran,Eaton,Edwards,Egan,Eklund,Elliott,Ellis,Engel,Eriksen,Espinoza,Evans,Farrell,Faulkner,Ferguson,Fernandes,
        Ferrari,Fischer,Fisher,Fleming,Fletcher,Flores,Foster,Fowler,Fox,Franklin,Fraser,Freeman,Frost,Fuchs,Fujita,Gallagher,
        Garcia,Gardner,Gibson,Gomez,Gonzalez,Gordon,Graham,Grant,Gray,Greco,Green,Griffin,Gruber,Gupta,Gutierrez,Hall,
        Hamilton,Hansen,Hanson,Harper,Harris,Harrison,Hart,Harvey,Hassan,Hawkins,Hayashi,Hayes,Henderson,Hernandez,Herrera,Hill,
        Hoffmann,Holmes,Horvath,Howard,Huang,Hughes,Hunt,Hunter,Ibarra,Ito,Ivanov,Jackson,Jacobs,Jansen,Jensen,Johansson,
        Johnson,Jones,Jordan,Joshi,Kang,Kapoor,Kato,Kaya,Keller,Kelly,Kennedy,Khan,Kim,King,Klein,Kovacs,
        Kowalski,Kruger,Kumar,Lambert,Lang,Larsen,Laurent,Lee,Lehmann,Leroy,Lewis,Lin,Lindberg,Lopez,Lund,Mahmoud,
        Marino,Marsh,Martinez,Mason,Mbeki,McCarthy,Mendoza,Meyer,Miller,Mitchell,Moore,Morales,Moreau,Moretti,Morgan,Moss,
        Müller,Murphy,Nakamura,Nguyen,Nielsen,Novak,Núñez,Obi,Okafor,Olsen,Ortiz,Osei,Owens,Park,Patel,Peña,
        Petrov,Phillips,Pohl,Quinn,Ramos,Reed,Reyes,Rivera,Rossi,Sato,Schmidt,Silva,Singh,Smith,Tanaka,Yilmaz
        """

    /// A job title has a level, a field of work and a role.
    static let englishJobLevels = """
        Junior,Senior,Lead,Chief,Associate,Assistant,Principal,Deputy,Regional,Global,Interim,Head
        """
    static let englishJobFields = """
        Software,Data,Product,Sales,Marketing,Finance,Security,Operations,Research,Quality,Support,Network,
        Logistics,Legal,Design,Brand,Training,Procurement,Risk,Compliance,Platform,Content,Energy,Insurance
        """
    static let englishJobRoles = """
        Engineer,Analyst,Manager,Consultant,Architect,Specialist,Coordinator,Director,Administrator,Planner,
        Officer,Advisor,Strategist,Technician,Developer,Researcher
        """
}
