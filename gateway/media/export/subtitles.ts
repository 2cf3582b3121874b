/** Text in pictures as an ASS script (Advanced SubStation Alpha, drawn by libass): clocks, names, cards; pure. */

/** The script's own grid; libass scales it to the picture. */
export const GRID_WIDTH = 1280
export const GRID_HEIGHT = 720
/** What libass finds in the shipped font files: the default instance of a variable font names the family. */
const FONT = 'Noto Sans SC Thin'

export interface PictureText {
  /** Of the made file, ms. */
  readonly fromMs: number
  readonly toMs: number
  /** Where the anchor lies on the grid. */
  readonly x: number
  readonly y: number
  /** 1 … 9 as on a number pad: 7 top left, 5 centre, 3 bottom right. */
  readonly anchor: number
  readonly size: number
  readonly text: string
}

export function assScript(texts: readonly PictureText[]): string {
  const head = [
    '[Script Info]',
    'ScriptType: v4.00+',
    `PlayResX: ${GRID_WIDTH}`,
    `PlayResY: ${GRID_HEIGHT}`,
    'WrapStyle: 2',
    'ScaledBorderAndShadow: yes',
    '',
    '[V4+ Styles]',
    'Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding',
    // Bold thickens the thin instance; a dark outline keeps it readable on snow.
    `Style: Default,${FONT},28,&H00FFFFFF,&H00FFFFFF,&H00101010,&H80000000,-1,0,0,0,100,100,0,0,1,1.6,0,7,0,0,0,1`,
    '',
    '[Events]',
    'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text'
  ]
  return `${[...head, ...texts.map(lineOf)].join('\n')}\n`
}

/** One text per second of local time, as long as a stretch lasts; `wallMs` belongs to `fromMs`. */
export function clockTexts(
  stretch: { readonly fromMs: number; readonly toMs: number; readonly wallMs: number; readonly utcOffsetMin: number },
  place: Pick<PictureText, 'x' | 'y' | 'anchor' | 'size'>
): readonly PictureText[] {
  const texts: PictureText[] = []
  for (let fromMs = stretch.fromMs; fromMs < stretch.toMs; ) {
    const wallMs = stretch.wallMs + fromMs - stretch.fromMs
    const toMs = Math.min(stretch.toMs, fromMs + 1_000 - (((wallMs % 1_000) + 1_000) % 1_000))
    texts.push({ ...place, fromMs, toMs, text: localTime(wallMs, stretch.utcOffsetMin) })
    fromMs = toMs
  }
  return texts
}

/** `2026-11-28 13:14:15` at the place. */
export function localTime(wallMs: number, utcOffsetMin: number): string {
  return new Date(Math.floor(wallMs) + utcOffsetMin * 60_000).toISOString().slice(0, 19).replace('T', ' ')
}

function lineOf({ fromMs, toMs, x, y, anchor, size, text }: PictureText): string {
  const tags = `{\\an${anchor}\\pos(${Math.round(x)},${Math.round(y)})\\fs${Math.round(size)}}`
  return `Dialogue: 0,${timeOf(fromMs)},${timeOf(toMs)},Default,,0,0,0,,${tags}${plain(text)}`
}

/** No name may carry commands of the script. */
function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('\\', '＼')
    .replaceAll('{', '（')
    .replaceAll('}', '）')
    .slice(0, 200)
}

function timeOf(ms: number): string {
  const cs = Math.max(0, Math.round(ms / 10))
  const two = (n: number) => String(n).padStart(2, '0')
  return `${Math.floor(cs / 360_000)}:${two(Math.floor(cs / 6_000) % 60)}:${two(Math.floor(cs / 100) % 60)}.${two(cs % 100)}`
}
