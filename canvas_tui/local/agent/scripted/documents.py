# ruff: noqa: E501 - sentences that stand under one another, language by language
"""The texts that the scripted model puts onto the canvas, block by block in five languages, so that it can really translate and shorten.

``{topic}`` is what the user asked for. A block's rank says in which lengths it stands: 0 in every one, 2 in the usual, 4 in the longest.
"""

from __future__ import annotations

from canvas_tui.core.frozen import frozen

LANGUAGES = ("english", "mandarin", "hindi", "spanish", "french")
RANKS = {"shortest": 0, "short": 1, "": 2, "long": 3, "longest": 4}
"""Length -> the highest rank of its blocks; "" is the length of a first draft."""


@frozen
class Block:
    rank: int
    forms: tuple[str, str, str, str, str]  # in the order of LANGUAGES

    def form(self, language: str) -> str:
        return self.forms[LANGUAGES.index(language)]


ESSAY: tuple[Block, ...] = (
    Block(0, ("# On {topic}", "# 论{topic}", "# {topic} के बारे में", "# Sobre {topic}", "# De {topic}")),
    Block(
        0,
        (
            "Whoever asks about {topic} mostly wants one thing: to know where to begin. This text gives an answer that fits on a page.",
            "凡是问起{topic}的人，大多只想知道一件事：从哪里开始。本文用一页纸给出答案。",
            "जो भी {topic} के बारे में पूछता है, वह अक्सर एक ही बात जानना चाहता है: शुरुआत कहाँ से करें। यह लेख एक पन्ने में उत्तर देता है।",
            "Quien pregunta por {topic} quiere saber, sobre todo, una cosa: por dónde empezar. Este texto da una respuesta que cabe en una página.",
            "Qui s'interroge sur {topic} veut surtout savoir une chose : par où commencer. Ce texte donne une réponse qui tient en une page.",
        ),
    ),
    Block(3, ("## Where it comes from", "## 由来", "## यह कहाँ से आया", "## De dónde viene", "## D'où cela vient")),
    Block(
        3,
        (
            "Nobody invented it in a day. It grew out of many small habits, and each of them once solved a real difficulty that somebody had.",
            "它并非一天之内发明出来的。它由许多小习惯生长而成，而每个习惯都曾解决过某个人的真实困难。",
            "इसे किसी ने एक दिन में नहीं बनाया। यह कई छोटी आदतों से उपजा, और हर आदत ने कभी किसी की असली कठिनाई हल की थी।",
            "Nadie lo inventó en un día. Creció de muchas costumbres pequeñas, y cada una resolvió alguna vez una dificultad real de alguien.",
            "Personne ne l'a inventé en un jour. Il est né de bien des petites habitudes, et chacune a un jour résolu la difficulté réelle de quelqu'un.",
        ),
    ),
    Block(1, ("## Three steps", "## 三个步骤", "## तीन कदम", "## Tres pasos", "## Trois étapes")),
    Block(
        1,
        (
            "1. Look closely before you change anything.\n2. Change one thing, and write down what happened.\n3. Keep what helped; give up the rest.",
            "1. 先仔细观察，再做改变。\n2. 一次只改一处，并记下结果。\n3. 留下有用的，放弃其余的。",
            "1. कुछ भी बदलने से पहले ध्यान से देखें।\n2. एक ही चीज़ बदलें, और जो हुआ उसे लिख लें।\n3. जो काम आया उसे रखें; बाकी छोड़ दें।",
            "1. Mire con atención antes de cambiar nada.\n2. Cambie una sola cosa y anote lo que pasó.\n3. Conserve lo que ayudó; deje lo demás.",
            "1. Regardez bien avant de changer quoi que ce soit.\n2. Changez une seule chose et notez ce qui s'est passé.\n3. Gardez ce qui a aidé ; laissez le reste.",
        ),
    ),
    Block(2, ("## What it takes", "## 需要什么", "## इसमें क्या लगता है", "## Lo que hace falta", "## Ce qu'il faut")),
    Block(
        2,
        (
            "| Step | Time | Cost |\n|---|---:|---:|\n| look | 1 h | 0 |\n| change | 3 h | 20 |\n| keep | 1 day | 5 |",
            "| 步骤 | 时间 | 费用 |\n|---|---:|---:|\n| 观察 | 1 小时 | 0 |\n| 改变 | 3 小时 | 20 |\n| 保持 | 1 天 | 5 |",
            "| कदम | समय | लागत |\n|---|---:|---:|\n| देखना | 1 घंटा | 0 |\n| बदलना | 3 घंटे | 20 |\n| रखना | 1 दिन | 5 |",
            "| Paso | Tiempo | Coste |\n|---|---:|---:|\n| mirar | 1 h | 0 |\n| cambiar | 3 h | 20 |\n| conservar | 1 día | 5 |",
            "| Étape | Temps | Coût |\n|---|---:|---:|\n| regarder | 1 h | 0 |\n| changer | 3 h | 20 |\n| garder | 1 jour | 5 |",
        ),
    ),
    Block(
        2,
        (
            "The table shows what most people get wrong: the changing takes the least time. What takes time is *keeping* to it.",
            "表格说明了多数人的误解：改变所花的时间最少，真正费时的是*坚持*。",
            "तालिका दिखाती है कि अधिकतर लोग कहाँ चूकते हैं: बदलने में सबसे कम समय लगता है। समय लगता है उसे *निभाने* में।",
            "La tabla muestra en qué se equivoca la mayoría: cambiar es lo que menos tiempo lleva. Lo que lleva tiempo es *mantenerlo*.",
            "Le tableau montre où la plupart se trompent : changer prend le moins de temps. Ce qui en prend, c'est de *tenir*.",
        ),
    ),
    Block(4, ("## An example", "## 一个例子", "## एक उदाहरण", "## Un ejemplo", "## Un exemple")),
    Block(
        4,
        (
            "A small shop in Lisbon did it that way. In the first week nothing happened. In the fourth, two customers asked what was new.",
            "里斯本的一家小店就是这样做的。第一周什么也没发生；到了第四周，两位顾客问起有什么新鲜事。",
            "लिस्बन की एक छोटी दुकान ने ऐसा ही किया। पहले हफ़्ते कुछ नहीं हुआ। चौथे हफ़्ते दो ग्राहकों ने पूछा कि नया क्या है।",
            "Una tienda pequeña de Lisboa lo hizo así. La primera semana no pasó nada. En la cuarta, dos clientes preguntaron qué había de nuevo.",
            "Une petite boutique de Lisbonne a fait ainsi. La première semaine, rien. La quatrième, deux clients ont demandé ce qu'il y avait de neuf.",
        ),
    ),
    Block(3, ("## What to look out for", "## 注意事项", "## किन बातों का ध्यान रखें", "## A qué prestar atención", "## À quoi prendre garde")),
    Block(
        3,
        (
            "- **Haste.** Two changes at once tell you nothing.\n- **Silence.** Talk about it while it is small.\n- **Pride.** The old way had reasons too.",
            "- **急躁。** 同时改两处，什么也看不出来。\n- **沉默。** 趁问题还小就谈。\n- **骄傲。** 旧方法也有它的道理。",
            "- **जल्दबाज़ी।** एक साथ दो बदलाव कुछ नहीं बताते।\n- **चुप्पी।** बात तब करें जब वह छोटी हो।\n- **घमंड।** पुराने तरीके के भी कारण थे।",
            "- **La prisa.** Dos cambios a la vez no enseñan nada.\n- **El silencio.** Hable de ello mientras sea pequeño.\n"
            "- **El orgullo.** La manera antigua también tenía sus razones.",
            "- **La hâte.** Deux changements à la fois n'apprennent rien.\n- **Le silence.** Parlez-en tant que c'est petit.\n"
            "- **L'orgueil.** L'ancienne manière avait aussi ses raisons.",
        ),
    ),
    Block(
        4,
        (
            "> Begin small, begin today, and let somebody watch.",
            "> 从小处开始，从今天开始，并让别人看着你做。",
            "> छोटे से शुरू करें, आज से शुरू करें, और किसी को देखने दें।",
            "> Empiece poco a poco, empiece hoy, y deje que alguien mire.",
            "> Commencez petit, commencez aujourd'hui, et laissez quelqu'un regarder.",
        ),
    ),
    Block(
        0,
        (
            "In short: {topic} rewards patience more than talent.",
            "总之，{topic}更看重耐心，而不是天赋。",
            "संक्षेप में: {topic} में प्रतिभा से अधिक धैर्य काम आता है।",
            "En resumen: {topic} premia más la paciencia que el talento.",
            "En bref : {topic} récompense la patience plus que le talent.",
        ),
    ),
)

PLAN: tuple[Block, ...] = (
    Block(0, ("# A plan for {topic}", "# {topic}的计划", "# {topic} की योजना", "# Un plan para {topic}", "# Un plan pour {topic}")),
    Block(
        0,
        (
            "What is to be done, by whom, and until when. Whatever is not on this page waits.",
            "要做什么、由谁来做、何时完成。不在这一页上的都先等等。",
            "क्या करना है, कौन करेगा, और कब तक। जो इस पन्ने पर नहीं है, वह रुकेगा।",
            "Qué hay que hacer, quién lo hace y para cuándo. Lo que no está en esta página, espera.",
            "Ce qu'il faut faire, qui le fait et pour quand. Ce qui n'est pas sur cette page attend.",
        ),
    ),
    Block(1, ("## Next", "## 接下来", "## आगे", "## Lo siguiente", "## La suite")),
    Block(
        1,
        (
            "- [x] name the goal in one sentence\n- [ ] list what is missing\n- [ ] ask the two people who did it before",
            "- [x] 用一句话说出目标\n- [ ] 列出还缺什么\n- [ ] 请教两位做过的人",
            "- [x] लक्ष्य एक वाक्य में लिखें\n- [ ] जो कमी है उसकी सूची बनाएँ\n- [ ] उन दो लोगों से पूछें जिन्होंने पहले किया है",
            "- [x] decir la meta en una frase\n- [ ] anotar lo que falta\n- [ ] preguntar a las dos personas que ya lo hicieron",
            "- [x] dire le but en une phrase\n- [ ] noter ce qui manque\n- [ ] demander aux deux personnes qui l'ont déjà fait",
        ),
    ),
    Block(2, ("## Weeks", "## 周计划", "## सप्ताह", "## Semanas", "## Semaines")),
    Block(
        2,
        (
            "| Week | Work | Done when |\n|---:|---|---|\n| 1 | look and ask | the list is complete |\n| 2 | build the smallest part | somebody uses it |\n| 3 | mend and widen | nobody asks for help |",
            "| 周 | 工作 | 完成标准 |\n|---:|---|---|\n| 1 | 观察与询问 | 清单完整 |\n| 2 | 做出最小的部分 | 有人在用 |\n| 3 | 修补与扩展 | 无人求助 |",
            "| सप्ताह | काम | कब पूरा |\n|---:|---|---|\n| 1 | देखना और पूछना | सूची पूरी हो |\n| 2 | सबसे छोटा भाग बनाना | कोई उसका उपयोग करे |\n| 3 | सुधारना और बढ़ाना | कोई मदद न माँगे |",
            "| Semana | Trabajo | Hecho cuando |\n|---:|---|---|\n| 1 | mirar y preguntar | la lista está completa |\n| 2 | construir la parte más pequeña | alguien la usa |\n| 3 | arreglar y ampliar | nadie pide ayuda |",
            "| Semaine | Travail | Fini quand |\n|---:|---|---|\n| 1 | regarder et demander | la liste est complète |\n| 2 | bâtir la plus petite partie | quelqu'un s'en sert |\n| 3 | réparer et élargir | personne ne demande d'aide |",
        ),
    ),
    Block(3, ("## Risks", "## 风险", "## जोखिम", "## Riesgos", "## Risques")),
    Block(
        3,
        (
            "The plan breaks where two people each believe that the other does it. Write a name behind every line.",
            "当两个人都以为对方在做时，计划就会落空。请在每一行后面写上名字。",
            "योजना वहाँ टूटती है जहाँ दो लोग सोचते हैं कि दूसरा कर रहा है। हर पंक्ति के आगे एक नाम लिखें।",
            "El plan se rompe donde dos personas creen que lo hace la otra. Escriba un nombre detrás de cada línea.",
            "Le plan casse là où deux personnes croient que l'autre s'en charge. Écrivez un nom derrière chaque ligne.",
        ),
    ),
    Block(
        4,
        (
            "> A plan is a letter to yourself in three weeks. Be kind, be exact.",
            "> 计划是写给三周后自己的信。要友善，也要准确。",
            "> योजना तीन हफ़्ते बाद के अपने नाम एक चिट्ठी है। दयालु रहें, सटीक रहें।",
            "> Un plan es una carta para usted dentro de tres semanas. Sea amable, sea exacto.",
            "> Un plan est une lettre à vous-même dans trois semaines. Soyez aimable, soyez exact.",
        ),
    ),
    Block(
        0,
        (
            "The first step for {topic} takes ten minutes. Take it now.",
            "{topic}的第一步只需十分钟。现在就做吧。",
            "{topic} का पहला कदम दस मिनट का है। उसे अभी उठाएँ।",
            "El primer paso para {topic} lleva diez minutos. Délo ahora.",
            "Le premier pas pour {topic} prend dix minutes. Faites-le maintenant.",
        ),
    ),
)

FAMILIES: dict[str, tuple[tuple[str, ...], tuple[Block, ...]]] = {
    "plan": (("plan", "checklist", "list", "proposal", "schedule", "todo"), PLAN),
    "essay": ((), ESSAY),
}
"""Kind of text -> the words that ask for it, and its blocks; the last is for all else."""


def blocks_for(wish: str) -> tuple[Block, ...]:
    words = set(wish.lower().split())
    return next((blocks for asked, blocks in FAMILIES.values() if words & set(asked)), ESSAY)


LEADS: dict[str, Block] = {
    "phd": Block(
        0,
        (
            "*Abstract. The following remarks presuppose the literature and confine themselves to the operative distinctions.*",
            "*摘要：以下论述以相关文献为前提，仅限于关键区分。*",
            "*सारांश: आगे की टिप्पणियाँ संबंधित साहित्य को ज्ञात मानती हैं और मुख्य भेदों तक सीमित हैं।*",
            "*Resumen. Las observaciones siguientes presuponen la bibliografía y se limitan a las distinciones operativas.*",
            "*Résumé. Les remarques suivantes présupposent la littérature et se limitent aux distinctions opératoires.*",
        ),
    ),
    "college": Block(
        0,
        (
            "*This text expects a first course in the subject, and gives the terms as they come.*",
            "*本文假定读者学过入门课程，术语随文给出。*",
            "*यह लेख विषय के पहले पाठ्यक्रम की अपेक्षा करता है और शब्दावली साथ-साथ देता है।*",
            "*Este texto supone un primer curso de la materia y da los términos según aparecen.*",
            "*Ce texte suppose un premier cours dans la matière et donne les termes à mesure.*",
        ),
    ),
    "teenager": Block(
        0,
        (
            "*Two minutes, no boring bits. Promise.*",
            "*两分钟，没有无聊的部分。说到做到。*",
            "*दो मिनट, कोई उबाऊ बात नहीं। वादा।*",
            "*Dos minutos y nada aburrido. Prometido.*",
            "*Deux minutes, rien d'ennuyeux. Promis.*",
        ),
    ),
    "child": Block(
        0,
        (
            "*Sit down, I will tell you something.*",
            "*坐下来，我给你讲一件事。*",
            "*बैठो, मैं तुम्हें कुछ बताता हूँ।*",
            "*Siéntate, que te voy a contar una cosa.*",
            "*Assieds-toi, je vais te raconter quelque chose.*",
        ),
    ),
    "pirate": Block(
        0,
        (
            "*Ahoy, ye landlubbers! Lend me yer ears.*",
            "*喂，旱鸭子们！都给我竖起耳朵！*",
            "*अरे ओ किनारे के लोगों! ज़रा कान लगाओ!*",
            "*¡Ah del barco, marineros de agua dulce! Prestadme oídos.*",
            "*Ohé, marins d'eau douce ! Tendez l'oreille.*",
        ),
    ),
}
"""Reading level -> the line that such a text begins with."""

WORDS: dict[str, dict[str, str]] = {
    "phd": {"shows": "demonstrates", "begin": "commence", "small": "marginal", "helped": "proved efficacious", "asks": "enquires", "text": "treatise"},
    "college": {"wants": "intends", "shows": "illustrates", "begin": "start out", "text": "paper", "mostly": "generally"},
    "teenager": {"mostly": "basically", "difficulty": "mess", "helped": "worked", "people": "folks", "patience": "sticking with it"},
    "child": {"difficulty": "trouble", "patience": "waiting", "talent": "being clever", "rewards": "likes", "customers": "people"},
    "pirate": {
        "you": "ye", "is": "be", "the": "th'", "The": "Th'", "of": "o'", "and": "an'", "small": "wee", "Nobody": "No soul", "people": "mateys", "was": "were",
    },
}  # fmt: skip
"""Reading level -> words of English texts and what takes their place; few, but one sees that the level has changed."""

CANNOT = Block(
    0,
    (
        "*The scripted model translates its own texts only; the rest stays as it was.*",
        "*脚本模型只会翻译自己的文本；其余部分保持原样。*",
        "*स्क्रिप्टेड मॉडल केवल अपने लेखों का अनुवाद करता है; बाकी जैसा था वैसा ही है।*",
        "*El modelo de guion solo traduce sus propios textos; lo demás queda como estaba.*",
        "*Le modèle scripté ne traduit que ses propres textes ; le reste demeure tel quel.*",
    ),
)

NOTES = (
    "Somebody asked for this: “{wish}”. A real model would weave it in; the scripted one adds a part of its own.",
    "有人提出了这样的要求：“{wish}”。真正的模型会把它融入文中；脚本模型则另加一段。",
    "किसी ने यह माँगा: “{wish}”। असली मॉडल इसे लेख में पिरो देता; स्क्रिप्टेड मॉडल अपना एक भाग जोड़ता है।",
    "Alguien pidió esto: «{wish}». Un modelo de verdad lo integraría; el de guion añade una parte propia.",
    "Quelqu'un a demandé ceci : « {wish} ». Un vrai modèle l'intégrerait ; le modèle scripté ajoute une partie à lui.",
)
