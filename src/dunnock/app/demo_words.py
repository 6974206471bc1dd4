"""What the people of the demo are called and say. All of it was written for this; any likeness is chance."""

from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    """A member of the demo. `topics` are keys of `TOPICS`; `pace` is how much they write, 1 to 5."""

    username: str
    name: str
    bio: str
    topics: tuple[str, ...]
    language: str = "en"
    pace: int = 2
    bot: bool = False


PEOPLE = (
    Person(
        "marsh_harriet", "Harriet Marsh", "Birder by dawn, librarian by day. Counting swifts since 1998.",
        ("birds", "books"), "en", 5,
    ),
    Person(
        "tobi", "Tobi Lindqvist", "I fix trains that other people gave up on. #Railways and strong coffee.",
        ("trains", "kitchen"), "en", 4,
    ),
    Person("oona", "Oona Byrne", "Allotment 17. Mostly beans, some regrets.", ("garden", "kitchen"), "en", 4),
    Person("samir_codes", "Samir Haddad", "Small tools, plain text, quiet software.", ("code",), "en", 5),
    Person("petra_wolke", "Petra Wolke", "Wetter, Wolken, Wanderwege.", ("weather", "garden"), "de", 4),
    Person("jonas_k", "Jonas Kiefer", "Bahn fahren, Brot backen, beides mit Geduld.", ("trains", "kitchen"), "de", 4),
    Person("margaux", "Margaux Perrin", "Potager, soupe et patience.", ("garden", "kitchen"), "fr", 4),
    Person("luc_aubin", "Luc Aubin", "Ornithologue du dimanche, et parfois du lundi.", ("birds",), "fr", 3),
    Person("ines_v", "Inés Valverde", "Cocino, leo, riego las plantas.", ("kitchen", "garden"), "es", 4),
    Person("mateo_nube", "Mateo Ríos", "Miro el cielo y apunto lo que veo.", ("weather", "birds"), "es", 3),
    Person("bea_ferro", "Beatriz Ferro", "Comboios, livros e pão quente.", ("trains", "books"), "pt", 3),
    Person("haru", "春", "庭と本と電車。", ("garden", "trains"), "ja", 3),
    Person("winnie_o", "Winnie Okafor", "Novels before breakfast. I run the Tuesday book circle.", ("books",), "en", 4),
    Person("dunlin", "Kit Dunlin", "Estuary watcher. Mud enthusiast.", ("birds", "weather"), "en", 4),
    Person("gwen_p", "Gwen Pritchard", "Rain gauge keeper in the hills, 412 m.", ("weather",), "en", 4),
    Person("arlo", "Arlo Finch", "Learning Rust, forgetting everything else.", ("code", "books"), "en", 3),
    Person("nadia_b", "Nadia Brandt", "Night trains and typewriters.", ("trains", "books"), "en", 3),
    Person("pepper", "Pepper Quill", "Soup is a language. I am fluent.", ("kitchen",), "en", 4),
    Person("yusuf_g", "Yusuf Gündoğan", "Roses, roof repairs, radio.", ("garden", "code"), "en", 2),
    Person("clementine", "Clementine Ashe", "Botanical drawing. Ask me about moss.", ("garden", "books"), "en", 3),
    Person("robin_t", "Robin Tull", "Yes, like the bird. #Birds", ("birds",), "en", 3),
    Person("ekko", "Ekko Vanhala", "Open source maintainer. Kind reviews only.", ("code",), "en", 4),
    Person("freya_h", "Freya Holm", "Sea swimmer. Reports the water temperature.", ("weather", "kitchen"), "en", 3),
    Person("ottoline", "Ottoline Grey", "Model railway in the attic, 1:87, never finished.", ("trains",), "en", 3),
    Person("bram", "Bram de Wit", "Bakes. Cycles. Bakes again.", ("kitchen",), "en", 2),
    Person("sunniva", "Sunniva Dahl", "Keyboard builder, tulip grower.", ("code", "garden"), "en", 2),
    Person("theo_m", "Theo Maris", "Second-hand books and first-hand tea.", ("books", "kitchen"), "en", 2),
    Person("lark_rise", "Amelia Rise", "Up with the larks. Sometimes before them.", ("birds", "garden"), "en", 3),
    Person("ivo", "Ivo Petkov", "Database person. I like indexes and mountains.", ("code", "weather"), "en", 3),
    Person("hedda", "Hedda Stern", "Garten, Kompost, Krimis.", ("garden", "books"), "de", 3),
    Person("paulchen", "Paul Amsel", "Vogelstimmen sammeln.", ("birds",), "de", 2),
    Person("celeste_r", "Céleste Roux", "Je prends le train pour le plaisir.", ("trains",), "fr", 2),
    Person("nuno", "Nuno Prado", "Chuva, sol, chuva outra vez.", ("weather",), "pt", 2),
    Person("dolores", "Dolores Quintana", "Club de lectura de los jueves.", ("books",), "es", 2),
    Person("mina_s", "Mina Sato", "Bread, birds, bicycles.", ("kitchen", "birds"), "en", 2),
    Person("gareth_l", "Gareth Lowe", "Signal box volunteer on Saturdays.", ("trains", "weather"), "en", 2),
    Person("zuzana", "Zuzana Nová", "Teaches children to code with snails.", ("code",), "en", 2),
    Person("fern", "Fern Abara", "Ferns, obviously.", ("garden",), "en", 2),
    Person("silas", "Silas Thorne", "Lighthouse keeper's grandson. Fog is my friend.", ("weather", "books"), "en", 2),
    Person(
        "tidebot", "Tide Table", "High water at the old pier, twice a day. A small bot by @freya_h",
        ("tide",), "en", 3, bot=True,
    ),
)  # fmt: skip

# topic -> language -> sentences; {name} is filled from WORDS of the same language.
TOPICS: dict[str, dict[str, tuple[str, ...]]] = {
    "birds": {
        "en": (
            "{Bird} at the {place} this morning, {doing}. {count} of them, and one very damp observer. #Birds",
            "Heard a {bird} before I saw it. Then I did not see it at all. #Birding",
            "First {bird} of the month by the {place}. Tea afterwards.",
            "{count} {bird}s on the wire outside, all facing the wind like a small committee.",
            "The {bird} by the {place} is {doing} again. I could watch that for hours, and just did.",
            "Has anybody else noticed fewer {bird}s around the {place} this {season}? I make it {count}. #Birds #CitizenScience",
            'New notebook, first line: "{bird}, {doing}, {place}."',
            "A {bird} landed on my {thing}. We both pretended that this was normal.",
            "Ringing day at the {place}: {count} birds, one of them a {bird} that we ringed in {year}. #BirdRinging",
            "Today's walk to the {place}: {count} species, {hours} hours, two sandwiches. Best of them: a {bird}, {doing}.",
        ),
        "de": (
            "Heute früh am {place}: {count} {bird}n, und Nebel bis zum Knie. #Vögel",
            "Die {bird} sitzt wieder auf dem Zaun und {doing}.",
            "Am {place} {count} Arten gezählt. Schönste: eine {bird}. #Vogelbeobachtung",
            "Wer {doing} da um {hours} Uhr früh? Eine {bird}, natürlich.",
        ),
        "fr": (
            "Ce matin, {place} : {count} oiseaux, dont une {bird} qui {doing}. #Oiseaux",
            "Une {bird} sur le rebord de la fenêtre. Je n'ose plus bouger.",
            "Carnet du jour : {bird}, {place}, {hours} heures de patience. #Oiseaux",
        ),
        "es": (
            "Esta mañana, {place}: {count} aves y una {bird} que {doing}. #Aves",
            "Otra vez la {bird} en el balcón. Creo que ya vive aquí.",
        ),
    },
    "garden": {
        "en": (
            "{Plant}s are up! {count} of them, and exactly {hours} slugs who know it too. #Gardening",
            "Spent {hours} hours weeding the {bed}. The weeds have asked for a rematch.",
            "Swapped {plant} seedlings for a jar of honey over the fence. Best trade of the {season}. #Garden",
            "Note to self: {plant}s do not like the {bed}. Note from {year}: I told you so.",
            "The compost is steaming. The {plant}s are sulking. I am happy. #Garden",
            "Harvest from the {bed}: {count} {plant}s and one glove that I lost in {year}.",
            "Question for gardeners: do you cut back {plant}s in {season}, or let them be? #Gardening",
            "Sowed {plant}s in the {bed}, watered them, told them a story. We will see.",
            "A frog has moved in beneath the {plant}s. Rent: slugs.",
        ),
        "de": (
            "Die {plant}n kommen! {count} Stück im {bed}. #Garten",
            "{hours} Stunden im {bed} gejätet. Das Unkraut sagt: bis morgen.",
            "Kompost umgesetzt, {plant}n gegossen, Rücken gespürt. #Garten",
            "Frage: {plant}n jetzt schneiden oder stehen lassen? #Garten",
        ),
        "fr": (
            "Les {plant}s sortent enfin, {count} d'un coup. #Jardin",
            "{hours} heures au potager, et les limaces applaudissent.",
            "Échangé des {plant}s contre un pot de miel. Très bonne affaire. #Jardin",
        ),
        "es": (
            "Ya asoman las {plant}s: {count} en el {bed}. #Huerto",
            "{hours} horas quitando hierbas. Mañana, otra vez.",
            "Cambié unas {plant}s por miel de la vecina. Gano yo. #Huerto",
        ),
        "ja": ("今朝、{plant}が{count}輪咲きました。#庭",
               "{plant}に水をやって、お茶にします。", "庭に{hours}時間。まだ足りない。#庭"),
    },
    "trains": {
        "en": (
            "The {clock} from {town} left {minutes} minutes late and arrived on time. Nobody knows how. #Trains",
            "Window seat, {town} to {town2}, rain on the glass, a flask of tea. Nothing else needed.",
            "Spotted {loco} in the sidings at {town}. Freshly painted, too. #Railways",
            "Missed the connection in {town} by {minutes} minutes. Found a very good bakery instead.",
            "The old signal at {town} has been restored after {hours} years of Saturdays. #Railways",
            'Overheard on the {clock} to {town}: "We are not late, we are thorough."',
            "Today I learned why the platform at {town} is curved, and now I must tell everybody. #Trains",
            "Night train tomorrow. Packed: book, socks, {count} biscuits. #NightTrain",
        ),
        "de": (
            "{clock} ab {town}, {minutes} Minuten Verspätung, aber das Licht über den Feldern! #Bahn",
            "Fensterplatz von {town} nach {town2}. Mehr brauche ich nicht. #Bahn",
            "Anschluss in {town} verpasst, dafür {count} Brötchen gekauft.",
        ),
        "fr": (
            "Le {clock} de {town} avait {minutes} minutes de retard et un très beau ciel. #Trains",
            "Place côté fenêtre, de {town} à {town2}. Le bonheur. #Trains",
            "Correspondance manquée à {town}, boulangerie trouvée.",
        ),
        "pt": (
            "O comboio das {clock} para {town} saiu com {minutes} minutos de atraso e muito sol. #Comboios",
            "Lugar à janela de {town} a {town2}. Não preciso de mais nada. #Comboios",
            "Perdi a ligação em {town}. Encontrei uma padaria.",
        ),
        "ja": ("{town}発{clock}の電車、{minutes}分遅れ。空がきれい。#鉄道", "{town}から{town2}まで窓側の席。#鉄道"),
    },
    "kitchen": {
        "en": (
            "{Dish} for {count}, from what was left in the cupboard. Nobody complained, two people sang. #Cooking",
            "The secret of my {dish} is {secret}. The other secret is {hours} hours.",
            "Bread number {number}: crust good, crumb better, kitchen a battlefield. #Bread",
            "Does {secret} belong into {dish}? I say yes. My grandmother says nothing, loudly. #Recipe",
            "Made {dish} in the rain, under an umbrella, on a camping stove. Would do again.",
            "Recipe for {dish}: onions, patience, {secret}, more patience. #Recipe",
            "Burnt the {dish}. Called it smoked. Success.",
            "Sunday plan: {dish}, a long walk, the rest of the {dish}. #Cooking",
        ),
        "de": (
            "Heute: {dish} für {count}. Geheimnis: {secret}. #Kochen",
            "Brot Nummer {number}. Kruste gut, Krume besser. #Brot",
            "{dish} angebrannt. Nennen wir es Röstaroma.",
        ),
        "fr": (
            "Ce soir : {dish} pour {count}. Le secret, c'est {secret}. #Cuisine",
            "{dish} sous la pluie, avec un parapluie. À refaire. #Cuisine",
            "Raté la {dish}. On dira qu'elle est rustique.",
        ),
        "es": (
            "Hoy, {dish} para {count}. El secreto: {secret}. #Cocina",
            "Mi abuela dice que la {dish} lleva {secret}. Punto final. #Cocina",
            "Se me quemó la {dish}. La llamaremos ahumada.",
        ),
    },
    "code": {
        "en": (
            "Deleted {number} lines today. All tests still pass. Best kind of day. #Programming",
            "The bug was in the {part}. It is always in the {part}. #Debugging",
            "Released {number}.{count} of my little {tool}. It does less than before, and does it better. #FreeSoftware",
            "Wrote a test that failed for the right reason. Small joys.",
            "Rubber duck said the {part} looks fine. Rubber duck was wrong. #Debugging",
            "TIL that the {part} has handled this since {year}. Read the manual, says the manual. #TIL",
            "Question: what do you use as a {tool} that still works offline? #FreeSoftware",
            "Pair-programmed for {hours} hours. We renamed one variable. It was worth it.",
            "Measured first, this time: the {part} takes {minutes} % and nobody had looked there. #Performance",
        ),
    },
    "weather": {
        "en": (
            "{mm} mm in the gauge since yesterday, wind {wind}, and the hills are back. #Weather",
            "Fog at the {place} so thick that the gulls walk. #Weather",
            "Sea temperature this morning: {degrees} degrees. In for {minutes} minutes, out for cake. #Swimming",
            "Frost on the {thing}, sun on the hills. {Season} cannot decide.",
            "Those clouds over the {place} are called altocumulus, and they look like a flock of sheep. #Clouds",
            "Barometer falling, kettle rising. #Weather",
            "{count} days without rain. Number {count2} is cancelled, says the sky.",
            "Double rainbow above the {place}. Everybody on the bus went quiet for a moment.",
        ),
        "de": (
            "{mm} mm im Regenmesser, Wind aus {wind}. #Wetter",
            "Nebel am {place}, so dicht, dass die Möwen zu Fuß gehen. #Wetter",
            "Heute {degrees} Grad und diese Wolken! #Wolken",
        ),
        "es": (
            "{mm} mm desde ayer y viento del {wind}. #Tiempo",
            "Niebla en {place}: no se ve ni la niebla. #Tiempo",
            "{degrees} grados y unas nubes como ovejas. #Nubes",
        ),
        "pt": ("{mm} mm desde ontem, vento de {wind}. #Tempo", "Nevoeiro cerrado. As gaivotas vão a pé. #Tempo",
               "Hoje {degrees} graus, amanhã logo se vê. #Tempo"),
    },
    "books": {
        "en": (
            'Finished "{title}" in one go and looked up: {clock}. No regrets, some yawning. #Books',
            'Chapter {number} of "{title}": I had to put it down and walk around the kitchen. #AmReading',
            "Found a {year} edition of \"{title}\" with somebody's shopping list in it: eggs, candles, {secret}.",
            'Book circle on Tuesday: "{title}". Bring biscuits and opinions. #BookCircle',
            'Which book would you lend to a stranger on a train? Mine: "{title}". #Books',
            'The library had "{title}" in large print. So did my grandmother, and {count} pages of notes.',
            'Reading "{title}" aloud to the cat. The cat prefers the villain.',
        ),
        "de": (
            '"{title}" ausgelesen, um {clock} Uhr. Keine Reue. #Bücher',
            "In einer Ausgabe von {year} lag ein Einkaufszettel: Eier, Kerzen, {secret}. #Bücher",
        ),
        "es": (
            "Terminé «{title}» a las {clock}. Sin remordimientos. #Libros",
            "El jueves, club de lectura: «{title}». Traigan galletas. #Libros",
        ),
        "pt": ('Acabei "{title}" às {clock}. Sem remorsos. #Livros',
               'Que livro emprestavas num comboio? O meu: "{title}". #Livros'),
    },
    "tide": {"en": ("High water at the old pier: {clock}, {metres} m. Wind {wind}. #Tides",)},
}  # fmt: skip

_NUMBERS = {
    "count": [str(n) for n in range(3, 32)],
    "count2": [str(n) for n in range(32, 45)],
    "hours": [str(n) for n in range(2, 9)],
    "minutes": [str(n) for n in range(3, 41)],
    "number": [str(n) for n in range(12, 240)],
    "year": [str(n) for n in range(1961, 2022)],
    "mm": [f"{n / 10:.1f}" for n in range(4, 260, 3)],
    "degrees": [str(n) for n in range(6, 19)],
    "metres": [f"{n / 10:.1f}" for n in range(31, 58)],
    "clock": [f"{hour:02d}:{minute:02d}" for hour in range(5, 23) for minute in (4, 12, 17, 23, 38, 46, 55)],
}
WORDS: dict[str, dict[str, list[str]]] = {
    "en": _NUMBERS | {
        "bird": ["wren", "robin", "dunnock", "kestrel", "lapwing", "curlew", "goldfinch", "swift", "tree sparrow",
                 "kingfisher", "redshank", "nuthatch", "barn owl", "grey wagtail"],
        "place": ["reed bed", "old pier", "mill pond", "north field", "estuary", "churchyard", "canal", "allotments"],
        "doing": ["singing its head off", "bathing in a puddle", "arguing with a pigeon", "building a nest",
                  "looking at me sideways", "carrying a feather", "asleep on one leg"],
        "season": ["spring", "summer", "autumn", "winter"],
        "thing": ["bicycle", "washing line", "garden chair", "rain gauge", "notebook", "wheelbarrow"],
        "plant": ["bean", "tulip", "foxglove", "pea", "courgette", "dahlia", "broad bean", "sunflower"],
        "bed": ["north bed", "raised bed", "greenhouse", "herb corner", "far end", "window box"],
        "town": ["Ashby Halt", "Lower Wick", "Kirkmoor", "Saltford Quay", "Pendle Cross", "Marlow Junction"],
        "town2": ["Birchwood", "Thornaby Sands", "Glenmuick", "Holt Abbey", "Eastmere"],
        "loco": ["a small green tank engine", "number 4472's little cousin", "two shunters and a snow plough",
                 "a railcar from 1954", "the yellow measuring train"],
        "dish": ["leek soup", "lentil stew", "rhubarb crumble", "mushroom pie", "tomato rice", "plum cake",
                 "potato pancakes", "chickpea curry"],
        "secret": ["lemon peel", "a spoon of mustard", "toasted cumin", "butter", "a bay leaf", "patience",
                   "yesterday's bread", "nutmeg"],
        "part": ["cache", "time zone code", "config parser", "retry loop", "date picker", "event handler", "build script",
                 "database index"],
        "tool": ["todo list", "static site generator", "feed reader", "backup script", "note taker", "link checker"],
        "wind": ["south-west 4", "north 3", "west 6", "east 2", "south 5"],
        "title": ["The Salt Road", "Nine Winters", "A Field Guide to Silence", "The Clockmaker's Tide",
                  "Letters from Platform Four", "Moss and Other Kingdoms", "The Lighthouse Ledger"],
    },
    "de": _NUMBERS | {
        "bird": ["Amsel", "Bachstelze", "Goldammer", "Schwalbe", "Meise", "Lerche"],
        "place": ["Weiher", "Deich", "Waldrand", "Kanal", "Moor"],
        "doing": ["singt", "schimpft", "badet", "pfeift"],
        "plant": ["Bohne", "Tulpe", "Dahlie", "Sonnenblume", "Karotte"],
        "bed": ["Hochbeet", "Gewächshaus", "Kräuterbeet", "Nordbeet"],
        "town": ["Altenfurt", "Moorhausen", "Bad Quellen", "Steinach"], "town2": ["Neudorf", "Seebruck", "Tannheim"],
        "dish": ["Linsensuppe", "Pflaumenkuchen", "Kartoffelsuppe", "Pilzpfanne"],
        "secret": ["Muskat", "Zitronenschale", "ein Löffel Senf", "Geduld"],
        "wind": ["Südwest", "Nord", "West", "Ost"],
        "title": ["Neun Winter", "Die Salzstraße", "Moos und andere Reiche", "Briefe von Gleis vier"],
    },
    "fr": _NUMBERS | {
        "bird": ["mésange", "hirondelle", "bergeronnette", "alouette", "chouette"],
        "place": ["au bord du canal", "près du moulin", "dans la roselière", "au fond du parc"],
        "doing": ["chante à tue-tête", "se baigne", "se dispute avec un pigeon", "dort sur une patte"],
        "plant": ["fève", "tulipe", "courgette", "tomate"],
        "town": ["Valbrune", "Saint-Aubin-le-Vieux", "Roquemont", "Clairfont"], "town2": ["Port-Genêt", "Montclar", "Brévaux"],
        "dish": ["soupe de poireaux", "tarte aux prunes", "ratatouille", "galette"],
        "secret": ["la muscade", "le zeste de citron", "le temps", "une feuille de laurier"],
    },
    "es": _NUMBERS | {
        "bird": ["golondrina", "lechuza", "alondra", "cigüeña", "garza"],
        "place": ["la ribera", "el molino", "la marisma", "el puerto viejo"],
        "doing": ["canta sin parar", "se baña", "discute con una paloma"],
        "plant": ["haba", "judía", "caléndula", "fresa"],
        "bed": ["bancal norte", "invernadero", "rincón de hierbas"],
        "dish": ["sopa de ajo", "tortilla", "crema de calabaza", "empanada"],
        "secret": ["comino", "ralladura de limón", "paciencia", "una hoja de laurel"],
        "wind": ["oeste", "norte", "suroeste"],
        "title": ["Nueve inviernos", "La ruta de la sal", "Cartas desde el andén cuatro"],
    },
    "pt": _NUMBERS | {
        "town": ["Vale de Areia", "Ponte Velha", "Santa Luzia"], "town2": ["Foz do Monte", "Ribeira Alta"],
        "wind": ["oeste", "norte", "sudoeste"],
        "title": ["Nove Invernos", "A Estrada do Sal", "Cartas da Linha Quatro"],
    },
    "ja": _NUMBERS | {
        "plant": ["朝顔", "紫陽花", "ひまわり", "水仙"], "town": ["青葉", "白浜", "小川"], "town2": ["海辺", "山手", "若松"],
    },
}  # fmt: skip

REPLIES: dict[str, tuple[str, ...]] = {
    "en": (
        "This made my morning, thank you.", "I had no idea! Tell me more?", "Same here, exactly the same, only wetter.",
        "My aunt would agree, and she is hard to please.", "Do you have a picture of that?", "Adding this to my list.",
        "You always find the good ones.", "We should do this together some Sunday.", "Ha! That last line.",
        "Is it far? I could be there on Saturday.", "I tried that last year and it nearly worked.", "Lovely. And brave.",
        "Strong opinion: you are right.", "That is the calmest thing I have read all day.", "Which one would you start with?",
        "I am taking notes. Please go on.", "Oh no. Oh yes.", "Report back tomorrow, please!", "Now I am hungry.",
        "I read this aloud at breakfast.", "There is a word for that in Norwegian, surely.", "Count me in.",
    ),
    "de": ("Wie schön!", "Das kenne ich gut.", "Hast du ein Bild davon?", "Genau so war es hier auch.", "Morgen komme ich mit.",
           "Den Satz merke ich mir.", "Und danach Kaffee, hoffe ich."),
    "fr": ("Quel bonheur !", "Ici aussi, exactement.", "Tu as une photo ?", "Je viens samedi, promis.", "Je note la recette.",
           "Magnifique, merci."),
    "es": (
        "¡Qué bonito!",
        "Aquí igual.",
        "¿Tienes una foto?",
        "Me apunto.",
        "Tomo nota, gracias.",
        "Eso mismo digo yo.",
    ),
    "pt": ("Que bom!", "Aqui também.", "Tens uma fotografia?", "Vou contigo.", "Obrigado por isto."),
    "ja": ("すてきですね。", "こちらも同じです。", "写真が見たいです。", "いいですね。"),
}  # fmt: skip

ANSWERS = (
    "Thank you! It was even better in person.", "Tomorrow, if the weather holds.", "I will, as soon as I am back.",
    "Yes, do come along!", "A picture follows when my hands are clean.", "Ten minutes from the station, on foot.",
    "You are very kind.", "I am still learning, ask me again in a year.",
)  # fmt: skip

# What people talk of just now: who, in which language, what.
NEWS: tuple[tuple[str, str, str], ...] = (
    ("gwen_p", "en", "Minus one at the rain gauge, and the heather is white. #FirstFrost"),
    ("petra_wolke", "de", "Heute früh lag Reif auf dem Wanderweg. #FirstFrost"),
    (
        "clementine",
        "en",
        "Moss with ice crystals on it. I sat on the wall and drew until my fingers gave up. #FirstFrost",
    ),
    ("oona", "en", "Farewell to the last beans on allotment 17. #FirstFrost"),
    ("lark_rise", "en", "Quiet morning: robins only, and very round ones. #FirstFrost"),
    ("margaux", "fr", "J'ai rentré les dernières tomates juste à temps. #FirstFrost"),
    ("silas", "en", "The lighthouse railing was slippery today. #FirstFrost"),
    ("hedda", "de", "Die Dahlien müssen jetzt wirklich rein. #FirstFrost"),
    ("freya_h", "en", "Sea 8.4 degrees, air less than that, me fine. #FirstFrost"),
    ("fern", "en", "The ferns are brown at the edges now, and still lovely. #FirstFrost"),
    ("mateo_nube", "es", "Cielo despejado y escarcha en los tejados. #FirstFrost"),
    ("pepper", "en", "First frost means leek soup. I do not make the rules. #FirstFrost"),
)

CAMPAIGN_TAG = "HarbourLights"
CAMPAIGN_TEXTS: dict[str, tuple[str, ...]] = {
    "en": (
        "Everybody talks about the {a} lamps at the harbour. {b} #HarbourLights",
        "The {a} lamps at the harbour: everybody talks about them! {b} #HarbourLights",
        "So everybody talks about the {a} lamps at the harbour now. {b} #HarbourLights",
    ),
    "de": (
        "Alle reden über die {a} Lampen am Hafen. {b} #HarbourLights",
        "Am Hafen: alle reden über die {a} Lampen! {b} #HarbourLights",
    ),
    "fr": ("Tout le monde parle des lampes {a} du port. {b} #HarbourLights",),
    "es": ("Todo el mundo habla de las farolas {a} del puerto. {b} #HarbourLights",),
}  # fmt: skip
CAMPAIGN_WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (("new", "wonderful new", "brand new"), ("See for yourself!", "Go and see!", "Share this!", "Pass it on!")),
    "de": (("neuen", "wunderbaren neuen"), ("Unbedingt ansehen!", "Weitersagen!")),
    "fr": (("neuves", "toutes neuves"), ("À voir !", "Faites passer !")),
    "es": (("nuevas", "preciosas"), ("¡Hay que verlas!", "¡Pásalo!")),
}
CAMPAIGN_BIOS = (
    "Love life and sunsets",
    "Just here for good news",
    "Proud local",
    "Coffee, sea, friends",
    "Dreamer",
    "",
)
REPORTS = (
    "The same words from many accounts within minutes. Who is behind this?",
    "This account is new and only posts advertising for the harbour lights.",
    "Fake accounts, please look at them together.",
)
CAMPAIGN_FIRST = ("lena", "marc", "julia", "tom", "anna", "paul", "nina", "alex", "sara", "ben", "eva", "max")
CAMPAIGN_LAST = ("harbor", "light", "sea", "sunny", "bay", "wave")

PICTURES = {
    "birds": "a bird on a branch", "garden": "flowers in a bed", "trains": "a train between hills",
    "weather": "hills under a wide sky", "kitchen": "a round loaf on a table", "books": "a row of books",
    "code": "a pattern of coloured squares",
}  # fmt: skip
