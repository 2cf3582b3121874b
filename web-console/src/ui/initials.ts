/** The first letters of a Chinese name's syllables, as people type them: 杏花巷东口 → xhxdk. */

/** The first character of each letter in the order of pinyin; no syllable begins with i, u or v. */
const BOUNDS = '阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀'
const LETTERS = 'abcdefghjklmnopqrstwxyz'
const order = new Intl.Collator('zh-Hans-CN-u-co-pinyin')
/** By the character, never by the name: what is searched grows with the city, the characters of its names do not. */
const letters = new Map<string, string>()

/** Latin letters and digits stay, everything else that is no Chinese character is left out. */
export function initialsOf(name: string): string {
  let initials = ''
  for (const character of name) {
    let letter = letters.get(character)
    if (letter === undefined) {
      letter = initialOf(character)
      letters.set(character, letter)
    }
    initials += letter
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
