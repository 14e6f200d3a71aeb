extension SeedDictionary {
    /// Words of the classical filler text, without those that come twice.
    static let latinWords = """
        lorem,ipsum,dolor,sit,amet,consectetur,adipiscing,elit,sed,do,eiusmod,tempor,incididunt,ut,labore,et,
        dolore,magna,aliqua,enim,ad,minim,veniam,quis,nostrud,exercitation,ullamco,laboris,nisi,aliquip,ex,ea,
        commodo,consequat,duis,aute,irure,in,reprehenderit,voluptate,velit,esse,cillum,eu,fugiat,nulla,pariatur,excepteur,
        sint,occaecat,cupidatat,non,proident,sunt,culpa,qui,officia,deserunt,mollit,anim,id,est,laborum,at,
        vero,eos,accusamus,iusto,odio,dignissimos,ducimus,blanditiis,praesentium,voluptatum,deleniti,atque,corrupti,quos,quas,molestias,
        excepturi,obcaecati,cupiditate,provident,similique,mollitia,animi,harum,quidem,rerum,facilis,expedita,distinctio,nam,libero,tempore,
        cum,soluta,nobis,eligendi,optio,cumque,nihil,impedit,quo,minus,quod,maxime,placeat,facere,possimus,omnis,
        voluptas,assumenda,repellendus,temporibus,autem,quibusdam,officiis,debitis,aut,necessitatibus,saepe,eveniet,voluptates,repudiandae,recusandae,itaque
        """

    /// Adjectives and nouns: of slugs, user names, companies and host names.
    static let englishAdjectives = """
        amber,ancient,arctic,autumn,azure,bold,brave,bright,brisk,broad,calm,clear,clever,coastal,copper,cosmic,
        crimson,crisp,curious,daring,deep,eager,early,eastern,electric,emerald,even,fair,fast,fine,firm,fresh,
        gentle,giant,gilded,glad,global,golden,grand,green,happy,hidden,humble,inner,iron,ivory,jolly,keen,
        kind,large,late,level,light,little,lively,lone,loyal,lucky,lunar,major,mellow,merry,mighty,misty,
        modern,narrow,neat,new,nimble,noble,northern,oaken,odd,open,outer,pale,patient,plain,polar,prime,
        proud,pure,quick,quiet,rapid,ready,red,rich,rising,robust,rosy,round,royal,rural,rustic,sandy,
        scarlet,secret,sharp,shiny,silent,silver,simple,sleek,small,smooth,snowy,soft,solar,solid,southern,spry,
        stark,steady,still,stout,sunny,swift,tall,tidy,tiny,urban,vast,vivid,warm,western,wild,wise
        """
    static let englishNouns = """
        acorn,anchor,arch,arrow,aspen,atlas,badger,bay,beacon,bear,birch,bloom,breeze,bridge,brook,canyon,
        cedar,cliff,cloud,comet,compass,coral,cove,crane,creek,crest,crow,dawn,delta,dolphin,dove,dune,
        eagle,echo,ember,falcon,fern,field,finch,fjord,flame,flint,forest,forge,fox,garden,gate,glacier,
        glade,grove,gull,harbor,hare,harvest,haven,hawk,heron,hill,horizon,island,ivy,jasper,juniper,kestrel,
        lagoon,lake,lantern,lark,leaf,ledge,lily,lynx,maple,marsh,meadow,mesa,mill,mirror,moon,moss,
        mountain,north,oak,ocean,orbit,orchard,orchid,otter,owl,path,peak,pebble,pepper,pier,pine,planet,
        plum,pond,prairie,quarry,quartz,raven,reef,ridge,river,robin,rose,sail,shore,signal,sky,sparrow,
        spring,star,stone,storm,stream,summit,sun,thicket,thistle,tide,timber,trail,valley,wave,willow,wren
        """
    static let englishCompanyTypes =
        "Labs,Systems,Group,Partners,Works,Logistics,Studio,Foods,Energy,Health,Media,Supply"
    static let englishCompanyForms = "Ltd,Inc,LLC,GmbH,AB,SA,BV,Co"

    /// Area codes of North America; with 555-0100 to 555-0199 they make numbers that nobody has.
    static let englishAreaCodes = """
        201,202,203,205,206,207,208,209,210,212,213,214,215,216,217,218,219,224,225,228,229,231,234,239,240,248,
        251,252,253,254,256,260,262,267,269,270,276,281,301,302,303,304,305,307,308,309,310,312,313,314,315,316,
        317,318,319,320,321,323,325,330,331,334,336,337,339,347,351,352,360,361,386,401,402,404,405,406,407,408,
        409,410,412,413,414,415,417,419,423,424,425,430,432,434,435,440,443,458,469,470,475,478,479,480,484,501,
        502,503,504,505,507,508,509,510,512,513,515,516,517,518,520,530,531,534,539,540,541,551,559,561,562,563
        """

    /// User agents as browsers send them, their versions left out.
    static let userAgents = """
        Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/#.0.0.0 Safari/537.36
        Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/#.0.0.0 Safari/537.36
        Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/#.0.0.0 Safari/537.36
        Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/#.0.0.0 Mobile Safari/537.36
        Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:#.0) Gecko/20100101 Firefox/#.0
        Mozilla/5.0 (X11; Linux x86_64; rv:#.0) Gecko/20100101 Firefox/#.0
        Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/#.0.0.0 Safari/537.36 Edg/#
        Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:#.0) Gecko/20100101 Firefox/#.0
        """
}
