"""The vocabulary of the seeded calls: names, campaigns and sentences, in many scripts on purpose."""

from typing import Final

PEOPLE: Final = (
    ("Jane", "Smith"),
    ("Zoë", "Brontë"),
    ("Łukasz", "Żółć"),
    ("李", "小龍"),
    ("محمد", "الفاسي"),
    ("שרה", "לוי"),
    ("Siobhán", "O'Brien"),
    ("Дмитрий", "Ёлкин"),
    ("Nguyễn", "Thị Hương"),
    ("Ana María", "Muñoz-Peña"),
    ("अनिल", "शर्मा"),
    ("Åsa", "Öberg"),
    ("John", "Doe"),
)

CAMPAIGNS: Final[tuple[tuple[int, str, str | None], ...]] = (
    (311, "Roofing Q1", "EXT-001"),
    (312, "Spring sale 🌷🏠", "EXT-002"),
    (313, "Façades & Fenêtres", None),
    (314, "屋根の修理", "EXT-004"),
    (315, "حملة الربيع", None),
    (316, 'Gutters, "half price" <today>', "EXT-006"),
    (317, "Solar 👷🏽‍♀️", "EXT-007"),
)

GROUPS: Final = ("Roofing Division", "Sales Team", "Zürich Büro", "サポート", "Reception")

CHANNELS: Final = (
    (4, "Digital", "Paid Search"),
    (5, "Digital", "Organic Search"),
    (6, "Digital", "Social"),
    (7, "Print", "Direct Mail"),
)

SOURCES: Final = ((445, "Google Ads"), (446, "Bing Ads"), (447, "Anzeige Köln"), (448, "Radio 🎙️"))

TAGS: Final = ((1, "Lead"), (2, "Existing customer"), (3, "Wrong number"), (4, "Priorität ⭐"))

INDICATORS: Final = (
    (18, "Conversion", "conv-01"),
    (19, "Appointment set", "appt-01"),
    (20, "Politeness", None),
)

SUMMARIES: Final = (
    "Caller asked about financing.",
    "Caller wants an inspection of the roof and prefers the morning.",
    "Caller left a message and asks to be called back.",
    "La cliente demande un devis pour la toiture.",
)

COMMENTS: Final = (
    "Customer asked for pricing details.",
    "Called back, nobody picked up.",
    "Très intéressée, rappeler lundi. 👍",
    "客戶要求報價",
)

LINES: Final = (
    "I would like a quote for a new roof.",
    "Which day suits you?",
    "Tuesday morning, please.",
    "There is a leak above the kitchen.",
    "We can send someone tomorrow.",
    "Merci beaucoup, à bientôt !",
)
