/** The first letters of a Chinese name's syllables, as people type them: 杏花巷东口 → xhxdk. The console has the same for its cameras. */

/** The first character of each letter in the order of pinyin; no syllable begins with i, u or v. */
const BOUNDS = '阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀'
const LETTERS = 'abcdefghjklmnopqrstwxyz'
const order = new Intl.Collator('zh-Hans-CN-u-co-pinyin')
/** Names share a few thousand characters: a registry of 20,000 rows costs no more comparisons than these. */
const known = new Map<string, string>()

/** Latin letters and digits stay, everything else that is no Chinese character is left out. */
export function initialsOf(name: string): string {
  let initials = ''
  for (const character of name) {
    let initial = known.get(character)
    if (initial === undefined) {
      initial = initialOf(character)
      known.set(character, initial)
    }
    initials += initial
  }
  return initials
}

function initialOf(character: string): string {
  if (/[a-z0-9]/i.test(character)) return character.toLowerCase()
  if (!/\p{Script=Han}/u.test(character)) return ''
  for (let at = LETTERS.length - 1; at >= 0; at--)
    if (order.compare(character, BOUNDS[at] ?? '') >= 0) return LETTERS[at] ?? ''
  return ''
}

/** Lower case and without what people leave out: `闽J·T0637` is found by `闽jt0637`, a number with or without its dashes. */
export function plain(text: string): string {
  return text.toLowerCase().replace(/[\s·.\-—_]/g, '')
}
