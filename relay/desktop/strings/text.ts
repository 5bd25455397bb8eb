/** A text of the interface; with two forms where it depends on the value `count`. */
export type Text = string | Readonly<{ one: string; other: string }>;

/** The texts of a part of the page, by their keys. */
export type Texts = Readonly<Record<string, Text>>;
