"""Words of known scales: their steps, and what makes an adjective stronger.

The scales are those of twenty-five languages, the adjectives of nine.
"""

import re

# Steps from low to high, parted by <, each in the words that surveys have for it.
LADDERS = """
never|not ever < almost never|hardly ever|very rarely|very seldom < rarely|seldom|not often \
< once in a while|occasionally < sometimes|now and then < about half the time|half of the time \
|about half of the time < regularly < often|frequently|fairly often|quite often < very often \
|very frequently < usually|most of the time|mostly|generally < almost always|nearly always \
< always|all the time|all of the time|constantly|every time
nie|niemals < fast nie|sehr selten|kaum < selten < gelegentlich|hin und wieder|ab und zu \
< manchmal|teilweise < regelmäßig < häufig|oft|öfter|oftmals < sehr oft|sehr häufig \
< meistens|meist|in der regel < fast immer < immer|ständig
jamais < presque jamais|très rarement < rarement < de temps en temps|occasionnellement < parfois \
|quelquefois < régulièrement < souvent|fréquemment < très souvent|la plupart du temps \
< presque toujours < toujours|tout le temps
nunca|jamás < casi nunca|muy rara vez < rara vez|raramente|pocas veces < de vez en cuando \
|ocasionalmente < a veces|algunas veces < regularmente < a menudo|frecuentemente|con frecuencia \
|muchas veces < muy a menudo|la mayoría de las veces < casi siempre < siempre
mai < quasi mai < raramente|di rado < ogni tanto|occasionalmente < a volte|qualche volta \
|talvolta < regolarmente < spesso|frequentemente < molto spesso < quasi sempre < sempre
nunca < quase nunca|muito raramente < raramente|poucas vezes < ocasionalmente|de vez em quando \
< às vezes|algumas vezes < regularmente < frequentemente|muitas vezes|com frequência \
< muito frequentemente|na maioria das vezes < quase sempre < sempre
nooit < bijna nooit|zeer zelden < zelden < af en toe < soms < regelmatig < vaak|dikwijls \
< zeer vaak|heel vaak|meestal < bijna altijd < altijd
aldrig < næsten aldrig|nästan aldrig < sjældent|sällan < af og til|då och då|ibland|nogle gange \
|en gang imellem < regelmæssigt|regelbundet < ofte|ofta < meget ofte|mycket ofta|för det mesta \
< næsten altid|nästan alltid < altid|alltid
aldri < nesten aldri < sjelden < av og til|noen ganger|iblant < regelmessig < ofte < svært ofte \
|veldig ofte|som regel < nesten alltid < alltid
none|nothing|not any|no|not at all|none at all < almost none|hardly any|very little|barely \
|hardly at all|little or no|little or none|little to no|little to none < a little|little|a bit \
|a little bit|few|a few|minimal|slight|slightly < some|somewhat|a moderate amount|moderate \
|moderately|a fair amount|several < much|quite a bit|quite a lot|a lot|a lot of|lots of \
|quite a bit of|a good deal|many|considerable|substantial|considerably < a great deal \
|a great deal of|very much|extensive|extensively|a whole lot|very many|most < all|everything \
|completely|totally|entirely|complete|total|full
none or very small|no or very small|none|no|very small|tiny|very little \
< small < moderate|medium|average|mid-sized < large|big < very large|huge|very big
gar nicht|überhaupt nicht|nichts|keine|garnicht < sehr wenig|kaum < wenig|ein wenig|ein bisschen \
|etwas|ein bißchen < mittel|mäßig|teilweise|teils/teils|einiges < viel|ziemlich|stark \
|überwiegend < sehr viel|sehr|sehr stark|völlig|voll und ganz|ganz
pas du tout|aucun|aucune|rien < très peu < peu|un peu < moyennement|assez < beaucoup|plutôt \
< énormément|tout à fait|complètement|extrêmement
nada|ninguno|ninguna|en absoluto < muy poco < poco|un poco < algo|regular|moderadamente \
< bastante|mucho < muchísimo|totalmente|completamente
per niente|per nulla|niente|affatto|nessuno < pochissimo|molto poco < poco|un po' < abbastanza \
|mediamente|moderatamente < molto < moltissimo|completamente|totalmente
nada|nenhum|nenhuma|de modo algum < muito pouco < pouco|um pouco < mais ou menos|moderadamente \
|razoavelmente < muito|bastante < muitíssimo|completamente|totalmente|extremamente
helemaal niet|niets|geen < heel weinig|zeer weinig < weinig|een beetje < enigszins|redelijk \
|matig < veel|nogal < heel veel|zeer veel|zeer|helemaal
slet ikke|inte alls|ikke i det hele tatt|ikke i det hele taget|overhodet ikke < i lille grad \
|i liten grad|lite|lidt|litt|i meget liten grad < i nogen grad|i noen grad|i viss mån \
|delvis|delvist < i høj grad|i stor grad|i hög grad|mye|meget|mycket < i meget høj grad \
|i svært stor grad|i mycket hög grad|helt|fuldstændig
not at all|never < several days|a few days|some days \
< more than half the days|over half the days|half the days or more < nearly every day \
|almost every day < every day
none of it|none of them|none of this < very little of it|a little of it|few of them < some of it \
|some of them < about half of it|half of it|about half of them|half of them < most of it \
|most of them < all of it|all of them|everything
not at all < to a very small extent < to a small extent|to a slight extent|a small extent \
< to some extent|to a moderate extent|a moderate extent < to a large extent|to a great extent \
|a large extent < to a very large extent|to a very great extent|completely|fully
terrible|awful|horrible|unacceptable|dreadful < extremely poor < very poor|very bad < poor|bad \
< below average|needs improvement|unsatisfactory|inadequate < fair|mediocre|acceptable|ok|okay \
|so-so|adequate|satisfactory|sufficient < average|neutral|neither good nor bad \
|neither good nor poor|neither poor nor good < above average < good < very good \
< excellent|outstanding|great|superb|exceptional|extremely good
sehr schlecht|ungenügend|katastrophal < mangelhaft < schlecht < eher schlecht < ausreichend \
|geht so < befriedigend|mittelmäßig|mittel|durchschnittlich|okay|ok|teils/teils|neutral \
< eher gut < gut < sehr gut < ausgezeichnet|hervorragend|exzellent
très mauvais|très mauvaise|très mal < mauvais|mauvaise|mal < passable|médiocre < moyen|moyenne \
|acceptable|correct < assez bien|assez bon|assez bonne < bien|bon|bonne < très bien|très bon \
|très bonne < excellent|excellente
muy malo|muy mala|muy mal|pésimo|pésima < malo|mala|mal|deficiente < regular|aceptable|normal \
< bueno|buena|bien < muy bueno|muy buena|muy bien < excelente
pessimo|molto scarso|molto male < scarso|cattivo|insufficiente|male < sufficiente|discreto \
|accettabile < buono|bene|buona < molto buono|molto bene|ottimo < eccellente
péssimo|péssima|muito mau|muito ruim|muito má < mau|ruim|má < razoável|regular|suficiente \
< bom|boa|bem < muito bom|muito boa|muito bem < excelente|ótimo|ótima
zeer slecht|heel slecht < slecht < matig|onvoldoende < neutraal|redelijk|voldoende|gemiddeld \
< goed < zeer goed|heel goed < uitstekend
meget dårlig|meget dårligt|mycket dåligt|mycket dålig|svært dårlig|veldig dårlig < dårlig \
|dårligt|dåligt|dålig < hverken god eller dårlig|middel|medel|ganska bra|middels \
|varken bra eller dåligt|verken god eller dårlig < god|godt|bra < meget god|meget godt \
|mycket bra|mycket god|svært god|svært bra|veldig bra|veldig god < fremragende|utmärkt|utmerket
no experience|none|no knowledge|no skills|never used|complete beginner < novice|beginner|basic \
|elementary|newbie|entry level|beginner level|limited < advanced beginner|pre-intermediate \
|some experience|basic knowledge < intermediate|medium|moderate|intermediate level|competent \
|average < upper intermediate|good < advanced|proficient|experienced|advanced level \
|extensive experience|skilled < expert|fluent|master|native|native speaker|professional
no|not a|none|zero|extremely low|lowest < very low < low|rather low < somewhat low < medium \
|moderate|average|neutral|mid|middle|normal < somewhat high < high|rather high < very high \
< extremely high|highest
sehr niedrig|sehr gering < niedrig|gering|eher niedrig|eher gering < mittel|mittelmäßig \
|durchschnittlich < eher hoch|hoch < sehr hoch
très faible|très bas < faible|bas < moyen|moyenne|modéré < élevé|élevée|fort|haut < très élevé \
|très élevée|très fort
muy bajo|muy baja < bajo|baja < medio|media|moderado < alto|alta < muy alto|muy alta
molto basso|molto bassa < basso|bassa < medio|media < alto|alta < molto alto|molto alta
zeer laag < laag < gemiddeld|midden < hoog < zeer hoog
definitely not|definitely would not|definitely will not|definitely no|no, definitely not \
|certainly not|absolutely not|no definitely not < probably not|probably would not \
|probably will not|probably no|no, probably not|rather not < maybe|might or might not|perhaps \
|possibly|undecided|not sure|unsure|might < probably|probably would|probably will|probably yes \
|yes, probably|rather yes < definitely|definitely would|definitely will|definitely yes \
|yes, definitely|certainly|absolutely|yes definitely|yes, absolutely
auf keinen fall|nein, auf keinen fall|sicher nicht|bestimmt nicht < eher nein|eher nicht|nein \
|wahrscheinlich nicht < vielleicht|unentschieden|teils/teils < eher ja|wahrscheinlich|ja \
|ja, wahrscheinlich < auf jeden fall|ja, auf jeden fall|ganz bestimmt|sicher
certainement pas|non, pas du tout|certainement non < plutôt non|probablement pas|non, plutôt pas \
< peut-être < plutôt oui|probablement|oui, plutôt < certainement|oui, tout à fait|tout à fait
seguro que no|definitivamente no < probablemente no < quizás|tal vez|puede ser \
< probablemente sí|probablemente < seguro que sí|definitivamente sí|definitivamente
far too little|much too little|much too low|much too slow|much too easy|much too short \
|far too slow|far too easy|far too short < too little|too low|too slow|too easy|too short \
|too few|not enough|a bit too slow|a little too slow|a bit too easy|too small < just right \
|about right|appropriate|right|adequate|ok|okay|good|just about right < too much|too high \
|too fast|too difficult|too hard|too long|too many|a bit too fast|a little too fast \
|a bit too difficult|too big|too large < far too much|much too much|much too high|much too fast \
|much too difficult|far too fast|far too difficult|far too long|much too long
freshman|first-year|first year < sophomore|second year < junior|third year < senior|fourth year \
|senior or above < fifth year|fifth year or more < graduate|graduate student|postgraduate
child < teenager|teen|adolescent < young adult < adult < senior|elderly
xs|extra small < s|small < m|medium < l|large < xl|extra large < xxl
not important < slightly important|of little importance|little importance|less important \
< moderately important|of average importance|neutral|of some importance|somewhat important \
< important|quite important < very important|of great importance < extremely important|essential \
|absolutely essential|critical
no|not a|none|zero|without < minor|small|limited|slight < moderate|medium|some|average \
< major|strong|large|big|serious|substantial|significant|high|considerable \
< severe|critical|very strong|very large|very high|very serious|extreme
far below|well below|much worse than|considerably below < below|did not meet|does not meet \
|fell short of|somewhat below|slightly below|worse than|not met < met|meets|meet|matched \
|in line with|equal to|as expected < exceeded|exceeds|exceed|above|somewhat above|slightly above \
|better than < far exceeded|greatly exceeded|far exceeds|well above|far above|much better than
rarely or none of the time|none of the time < some or a little of the time|a little of the time \
< some of the time|occasionally or a moderate amount of time|occasionally \
|occasionally or a moderate amount of the time < most of the time|a good bit of the time \
< most or all of the time|all of the time
not a barrier|not a problem|no problem < minor barrier|minor problem|small problem \
< moderate barrier|moderate problem < major barrier|major problem|serious problem|big problem
part time|part-time < full time|full-time
nigdy < prawie nigdy|bardzo rzadko < rzadko|raczej rzadko < od czasu do czasu|sporadycznie \
< czasami|czasem|niekiedy < regularnie < często|raczej często < bardzo często|zazwyczaj|zwykle \
< prawie zawsze < zawsze
zdecydowanie nie|zdecydowanie się nie zgadzam|całkowicie się nie zgadzam \
|zupełnie się nie zgadzam < nie|raczej nie|nie zgadzam się|raczej się nie zgadzam \
|częściowo się nie zgadzam < ani tak, ani nie|trudno powiedzieć \
|ani się zgadzam, ani się nie zgadzam|ani się zgadzam, ani nie zgadzam|nie mam zdania \
|neutralnie < tak|raczej tak|zgadzam się \
|raczej się zgadzam|częściowo się zgadzam < zdecydowanie tak|zdecydowanie się zgadzam \
|całkowicie się zgadzam|w pełni się zgadzam
bardzo niezadowolony|bardzo niezadowolona|bardzo niezadowolony/a|zdecydowanie niezadowolony \
< niezadowolony|niezadowolona|niezadowolony/a|raczej niezadowolony|raczej niezadowolona \
|raczej niezadowolony/a < ani zadowolony, ani niezadowolony|ani zadowolona, ani niezadowolona \
|trudno powiedzieć|neutralny < zadowolony|zadowolona|zadowolony/a|raczej zadowolony \
|raczej zadowolona|raczej zadowolony/a < bardzo zadowolony|bardzo zadowolona|bardzo zadowolony/a \
|zdecydowanie zadowolony
bardzo źle|bardzo zła|bardzo zły|niedostateczny < źle|zła|zły|raczej źle|słabo|słaba < średnio \
|średnia|przeciętnie|przeciętna|ani dobrze, ani źle|dostateczny < dobrze|dobra|dobry \
|raczej dobrze < bardzo dobrze|bardzo dobra|bardzo dobry < doskonale|doskonała|celujący
wcale|w ogóle nie|nic|wcale nie < bardzo mało|w niewielkim stopniu < mało|trochę|nieco \
< umiarkowanie|średnio|w średnim stopniu < dużo|raczej tak|w dużym stopniu \
< bardzo dużo|bardzo|w bardzo dużym stopniu
hiç|hiçbir zaman|asla < çok nadir|çok seyrek < nadiren|seyrek < ara sıra < bazen|zaman zaman \
< düzenli olarak < sık sık|çoğu zaman|sıklıkla < çok sık|genellikle < neredeyse her zaman \
< her zaman|daima
kesinlikle katılmıyorum|hiç katılmıyorum|tamamen katılmıyorum < katılmıyorum|kısmen katılmıyorum \
< kararsızım|ne katılıyorum ne katılmıyorum|orta düzeyde katılıyorum|fikrim yok \
< katılıyorum|kısmen katılıyorum < kesinlikle katılıyorum|tamamen katılıyorum|çok katılıyorum
hiç memnun değilim|çok memnuniyetsizim|kesinlikle memnun değilim < memnun değilim \
|memnuniyetsizim < kararsızım|ne memnunum ne memnun değilim|orta < memnunum < çok memnunum \
|kesinlikle memnunum
çok kötü < kötü < orta|ne iyi ne kötü|fena değil < iyi < çok iyi < mükemmel
никогда < почти никогда|очень редко < редко < время от времени < иногда < регулярно < часто \
< очень часто|обычно < почти всегда < всегда|постоянно
совершенно не согласен|совершенно не согласна|полностью не согласен|полностью не согласна \
|категорически не согласен|абсолютно не согласен < не согласен|не согласна|скорее не согласен \
|скорее не согласна < затрудняюсь ответить|ни согласен, ни не согласен|нейтрально \
|отчасти согласен|не уверен < согласен|согласна|скорее согласен|скорее согласна \
< полностью согласен|полностью согласна|совершенно согласен|совершенно согласна \
|абсолютно согласен
определённо нет|определенно нет|точно нет < скорее нет < затрудняюсь ответить|трудно сказать \
< скорее да < определённо да|определенно да|точно да
очень плохо|очень плохое < плохо|плохое < удовлетворительно|средне|нормально < хорошо|хорошее \
< очень хорошо|очень хорошее < отлично|отличное
全くない|まったくない|全然ない < ほとんどない|めったにない < たまにある|たまに < ときどきある \
|時々ある|ときどき|時々 < よくある|しばしば|頻繁に < いつも|いつもある|常に|常にある
全くそう思わない|まったくそう思わない|強くそう思わない|全く当てはまらない|まったく当てはまらない \
|まったくあてはまらない|全く同意しない|非常にそう思わない < そう思わない|あまりそう思わない \
|ややそう思わない|あまり当てはまらない|あまりあてはまらない|やや当てはまらない|同意しない \
|あまり同意しない < どちらともいえない|どちらとも言えない|どちらでもない|ふつう|普通 < そう思う \
|ややそう思う|まあそう思う|やや当てはまる|ややあてはまる|まあ当てはまる|当てはまる|同意する \
|やや同意する < とてもそう思う|非常にそう思う|強くそう思う|大いにそう思う|よく当てはまる \
|非常に当てはまる|とても当てはまる|とてもあてはまる|非常にあてはまる|強く同意する|完全に同意する
非常に不満|とても不満|大変不満 < 不満|やや不満 < どちらともいえない|どちらとも言えない \
|どちらでもない|普通|ふつう < 満足|やや満足|まあ満足 < 非常に満足|とても満足|大変満足
从不|从来没有|从没有 < 几乎从不|很少 < 偶尔 < 有时|有时候 < 经常|常常 < 非常频繁|通常 < 总是|一直
非常不同意|完全不同意|强烈不同意 < 不同意|比较不同意|不太同意 < 一般|中立|不确定 \
|既不同意也不反对|不好说 < 同意|比较同意 < 非常同意|完全同意|强烈同意
非常不满意|很不满意 < 不满意|比较不满意|不太满意 < 一般|中立|不确定 < 满意|比较满意 < 非常满意 \
|很满意
전혀 그렇지 않다|매우 그렇지 않다 < 그렇지 않다|별로 그렇지 않다|그렇지 않은 편이다 < 보통이다 \
|보통 < 그렇다|그런 편이다|대체로 그렇다 < 매우 그렇다|아주 그렇다|항상 그렇다
매우 불만족|매우 불만족한다 < 불만족|불만족한다 < 보통|보통이다 < 만족|만족한다 < 매우 만족 \
|매우 만족한다
لا أوافق بشدة|غير موافق بشدة|لا أوافق إطلاقا < لا أوافق|غير موافق < محايد|لا أدري < أوافق|موافق \
< أوافق بشدة|موافق بشدة
أبدا|مطلقا < نادرا < أحيانا < غالبا < دائما
rozhodně nesouhlasím|zcela nesouhlasím|určitě ne|rozhodně ne < spíše nesouhlasím|nesouhlasím \
|spíše ne < ani souhlas, ani nesouhlas|ani souhlasím, ani nesouhlasím|nevím|neutrální \
< spíše souhlasím|souhlasím|spíše ano < rozhodně souhlasím|zcela souhlasím|určitě ano|rozhodně ano
velmi nespokojen < nespokojen|spíše nespokojen < ani spokojen, ani nespokojen|neutrální \
< spokojen|spíše spokojen < velmi spokojen
nikdy < zřídka|málokdy|vzácně < někdy|občas < často < vždy|stále
täysin eri mieltä < jokseenkin eri mieltä|eri mieltä|jonkin verran eri mieltä \
< ei samaa eikä eri mieltä|en samaa enkä eri mieltä|neutraali|en osaa sanoa \
< jokseenkin samaa mieltä|samaa mieltä|jonkin verran samaa mieltä < täysin samaa mieltä
erittäin tyytymätön < tyytymätön|melko tyytymätön < ei tyytyväinen eikä tyytymätön|neutraali \
< tyytyväinen|melko tyytyväinen < erittäin tyytyväinen
en koskaan|ei koskaan < harvoin < joskus|silloin tällöin < usein < aina
egyáltalán nem értek egyet|teljesen elutasítom < inkább nem értek egyet|nem értek egyet \
< egyet is értek meg nem is|semleges|nem tudom < inkább egyetértek|egyetértek \
< teljesen egyetértek|teljes mértékben egyetértek
διαφωνώ απόλυτα|διαφωνώ πλήρως < διαφωνώ|μάλλον διαφωνώ \
< ούτε συμφωνώ ούτε διαφωνώ|ουδέτερο|ουδέτερος < συμφωνώ|μάλλον συμφωνώ \
< συμφωνώ απόλυτα|συμφωνώ πλήρως
ποτέ < σπάνια < μερικές φορές|ενίοτε < συχνά < πάντα
повністю не згоден|категорично не згоден|повністю не згодна < не згоден|скоріше не згоден \
|не згодна|скоріше не згодна < важко сказати|ні згоден, ні не згоден|нейтрально \
< згоден|скоріше згоден|згодна|скоріше згодна < повністю згоден|повністю згодна
dezacord total|total dezacord < dezacord|dezacord parțial \
< neutru|nici acord, nici dezacord|nu știu < acord|acord parțial < acord total|total de acord
sangat tidak setuju < tidak setuju|kurang setuju < netral|ragu-ragu < setuju < sangat setuju
sangat tidak puas < tidak puas|kurang puas < netral|cukup puas < puas < sangat puas
hoàn toàn không đồng ý|rất không đồng ý < không đồng ý < trung lập|bình thường|không ý kiến \
< đồng ý < hoàn toàn đồng ý|rất đồng ý
غير راض إطلاقا|غير راض جدا|غير راضٍ إطلاقا|غير راضٍ جدا|مستاء جدا < غير راض|غير راضٍ|مستاء \
< محايد < راض|راضٍ < راض جدا|راضٍ جدا|راضٍ تماما
כלל לא מסכים|מאוד לא מסכים|לא מסכים בכלל < לא מסכים|לא כל כך מסכים \
< ניטרלי|לא מסכים ולא מתנגד < מסכים|די מסכים < מסכים מאוד|מסכים בהחלט|מסכים לחלוטין
बिल्कुल असहमत|पूर्णतः असहमत|दृढ़ता से असहमत < असहमत < तटस्थ < सहमत \
< पूर्णतः सहमत|दृढ़ता से सहमत|पूरी तरह सहमत
"""
# Orders of which steps may be taken as even.
EVEN: tuple[str, ...] = (
    "terrible",
    "sehr schlecht",
    "très mauvais",
    "muy malo",
    "zeer slecht",
    "pessimo",
)
EVEN += ("péssimo", "meget dårlig", "definitely not", "far below")
EVEN += ("zdecydowanie nie", "bardzo nie", "bardzo źle", "kesinlikle kat", "hiç memnun", "çok kötü")
EVEN += ("совершенно не", "определённо", "очень плохо")
EVEN += ("rozhodně", "velmi nes", "täysin eri", "erittäin tyyt", "egyáltalán", "διαφωνώ")
EVEN += ("повністю", "dezacord", "sangat", "hoàn toàn", "बिल्कुल", "غير راض", "כלל לא")
EVEN += ("全くそう", "非常に不満", "非常不", "전혀", "매우 불", "لا أوافق")

# How much each word before an adjective or verb adds; a bare word counts 3.
_DEGREES = {
    1.0: "slightly|a little|a bit|a little bit|minimally|etwas|ein wenig|un peu|un poco|un po'|"
    "um pouco|"
    "een beetje|lite|lidt|litt",
    1.5: "mildly|tend to|barely",
    2.0: "somewhat|partly|partially|rather|teilweise|eher|plutôt|parcialmente|parzialmente|"
    "algo|enigszins|delvis|delvist|en partie|partiellement|ganske|tendo a|abbastanza",
    2.3: "moderately|reasonably|mäßig|moyennement|moderadamente|moderatamente|redelijk|matig|"
    "medianamente|ni trop|mittelmäßig",
    2.4: "fairly",
    2.6: "quite|ziemlich|assez|nogal|ganska|vrij|nokså|ret",
    3.5: "mostly|generally|considerably|überwiegend|bastante|weitgehend|stort sett|"
    "en grande partie|"
    "largely|mainly|overwegend",
    4.0: "very|strongly|highly|much|very much|a lot|really|significantly|substantially|greatly|"
    "dramatically|sehr|stark|voll|très|fortement|muy|"
    "molto|muito|fortemente|zeer|heel|erg|sterk|meget|mycket|svært|veldig|fuertemente|starkt|"
    "sterkt",
    4.5: "too",
    5.0: "extremely|completely|totally|fully|absolutely|entirely|exceptionally|definitely|äußerst|"
    "völlig|vollkommen|voll und ganz|vollständig|ganz und gar|tout à fait|extrêmement|totalement|"
    "complètement|totalmente|completamente|extremadamente|estremamente|extremamente|del tutto|"
    "pienamente|helemaal|volledig|helt|fuldstændig|fullständigt|extremt|ekstremt|absolut|"
    "i høj grad|"
    "plenamente|inteiramente|volkomen|wholly",
}
DEGREE_OF = {word: degree for degree, words in _DEGREES.items() for word in words.split("|")}
_NOT_AT_ALL_WORDS = (
    "not at all|in no way|überhaupt nicht|gar nicht|pas du tout|nada|en absoluto|per niente|"
    "per nulla|nada de|de modo algum|helemaal niet|slet ikke|inte alls|ikke i det hele tatt|"
    "ikke i det hele taget|absolut nicht|absolutely not|overhovedet ikke|för ingen del|"
    "in keiner weise|nem um pouco"
)
NOT_AT_ALL = _NOT_AT_ALL_WORDS.split("|")
_NOT_VERY_WORDS = (
    "not very|not so|not too|not really|not particularly|not that|only slightly|wenig|peu|poco|"
    "pouco|weinig|nicht so|nicht sehr|nicht besonders|pas très|pas vraiment|no muy|non molto|"
    "não muito|niet zo|niet erg|ikke særlig|ikke så|inte så|inte särskilt"
)
NOT_VERY = _NOT_VERY_WORDS.split("|")
_NOT_WORDS = "not|nicht|pas|no|non|não|niet|ikke|inte|ei"
NOT = _NOT_WORDS.split("|")
# Words that are the contrary of another.
_CONTRARY_WORDS = (
    "disagree:agree|dissatisfied:satisfied|difficult:easy|hard:easy|dislike:like|"
    "worse:better|bad:good|poor:good|low:high|negative:positive|unsafe:safe|"
    "decreased:increased|false:true|decrease:increase|untrue:true|oppose:support|less:more|"
    "weak:strong|slow:fast|short:long|lower:higher|negatively:positively|boring:interesting|"
    "useless:useful|incorrect:correct|against:for|disapprove:approve|unfavorable:favorable|"
    "unfavourable:favourable|unlike:like|declined:improved|worsened:improved|"
    "disappointed:satisfied|sad:happy|pessimistic:optimistic|unzufrieden:zufrieden|"
    "schwer:leicht|schwierig:einfach|schlechter:besser|schlecht:gut|"
    "unwahrscheinlich:wahrscheinlich|unwichtig:wichtig|lehne ab:stimme zu|ablehnen:zustimmen|"
    "insatisfait:satisfait|insatisfaite:satisfaite|mécontent:content|désaccord:accord|"
    "en désaccord:d'accord|difficile:facile|improbable:probable|moins:plus|mauvais:bon|"
    "en desacuerdo:de acuerdo|insatisfecho:satisfecho|insatisfecha:satisfecha|difícil:fácil|"
    "peor:mejor|in disaccordo:d'accordo|insoddisfatto:soddisfatto|insoddisfatta:soddisfatta|"
    "improbabile:probabile|peggio:meglio|discordo:concordo|insatisfeito:satisfeito|"
    "insatisfeita:satisfeita|improvável:provável|pior:melhor|oneens:eens|ontevreden:tevreden|"
    "moeilijk:makkelijk|onwaarschijnlijk:waarschijnlijk|onbelangrijk:belangrijk|slechter:beter|"
    "mee oneens:mee eens|uenig:enig|utilfreds:tilfreds|misfornøyd:fornøyd|missnöjd:nöjd|"
    "usandsynlig:sandsynlig|usannsynlig:sannsynlig|svært:let|vanskelig:lett|svår:lätt|"
    "osannolikt:sannolikt|sämre:bättre|dårligere:bedre|verre:bedre|oenig:enig|"
    "tar avstånd:instämmer"
)
CONTRARY = dict(pair.split(":") for pair in _CONTRARY_WORDS.split("|"))
PREFIXES = ("un", "dis", "in", "im", "ir", "on", "u", "o", "des", "mis")
MIDDLE = re.compile(
    r"neutral[eo]?|neutraal|neither|neither\b.* n?or\b.*|undecided|indifferent|mixed|in between|"
    r"(?:about |stayed )?(?:the )?same(?: as \w[\w ]*)?|no change(?: in \w[\w ]*)?|no difference|"
    r"just right|"
    r"about right|unchanged|teils[ /,-]+teils|weder noch|"
    r"weder\b.* noch\b.*|"
    r"unentschieden|unentschlossen|ni\b.* ni\b.*|indiferente|indifferente|né\b.* né\b.*|"
    r"(?:nem|não|nao)\b.* nem\b.*|noch\b.* noch\b.*|neutralt|nøytral|hverken\b.* eller\b.*|"
    r"varken\b.* eller\b.*|verken\b.* eller\b.*|neither nor|nor agree nor disagree|"
    r"(?:partly|partially) agree,? (?:and )?(?:partly|partially) disagree|gleich|unverändert|"
    r"both equally"
)
# What stands between agreeing and disagreeing where no answer says that it is neither.
HALF = re.compile(
    r"partly|partially|in part|half and half|teilweise|zum teil|en partie|partiellement|en parte|"
    r"parcialmente|in parte|parzialmente|em parte|deels|gedeeltelijk|delvist?"
)
