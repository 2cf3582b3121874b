/** What the simulated taxi's cabin camera sees and hears, as arguments of ffmpeg: seats, windows with a street that passes, plate and clock; an engine and its blinker. */
import { execFileSync } from 'node:child_process'

export const FPS = 15
const SIZE = '640x360'

/** Colour, x, y, width, height, in this order of painting. */
const SHAPES: readonly (readonly [string, number, number, number, number])[] = [
  // Roof, and everything below the windows.
  ['0x15181c', 0, 0, 640, 36],
  ['0x1b1f24', 0, 176, 640, 184],
  // Pillars, parcel shelf.
  ['0x15181c', 118, 36, 34, 140],
  ['0x15181c', 488, 36, 34, 140],
  ['0x2a2f36', 152, 150, 336, 26],
  // Two empty seats with headrests, the console between them.
  ['0x3a3128', 70, 150, 190, 210],
  ['0x43392f', 118, 104, 94, 54],
  ['0x483d32', 84, 170, 162, 190],
  ['0x3a3128', 380, 150, 190, 210],
  ['0x43392f', 428, 104, 94, 54],
  ['0x483d32', 394, 170, 162, 190],
  ['0x101316', 292, 262, 56, 98],
  ['0x5a6470', 304, 276, 32, 8]
]

/** H.264 on the first pipe, one keyframe a second. */
export function cabinPicture(plate: string, channel: number): string[] {
  const colour = (name: string, size: string): string => `color=${name}:s=${size}:r=${FPS}`
  const street = [
    `${colour('0x3b4f66', SIZE)}[sky]`,
    `${colour('0x23313f', '90x120')}[house]`,
    `${colour('0xffdf9e', '14x46')},split[lamp][lamp2]`,
    `${colour('0xc9d6e6', '60x18')}[car]`,
    "[sky][house]overlay=x='610-mod(t*70,760)':y=70[a]",
    "[a][lamp]overlay=x='640-mod(t*210,700)':y=50[b]",
    "[b][lamp2]overlay=x='640-mod(t*210+350,700)':y=50[c]"
  ]
  const cabin = SHAPES.map(([name, x, y, w, h]) => `drawbox=x=${x}:y=${y}:w=${w}:h=${h}:c=${name}:t=fill`)
  const words = [
    ...plateWords(`${plate}  CH${channel}`),
    text('%{localtime\\:%Y-%m-%d %T}', 'x=w-tw-12:y=9'),
    text('REC', 'x=w-tw-12:y=h-30')
  ]
  const graph = [...street, ["[c][car]overlay=x='mod(t*150,900)-150':y=150", ...cabin, ...words].join(',')].join(';')
  const x264 = `keyint=${FPS}:min-keyint=${FPS}:scenecut=0:bframes=0:aud=1:repeat-headers=1:threads=1`
  return [
    ...['-re', '-f', 'lavfi', '-i', graph, '-map', '0:v', '-pix_fmt', 'yuv420p'],
    ...['-c:v', 'libx264', '-preset', 'superfast', '-crf', '30', '-x264-params', x264, '-f', 'h264', 'pipe:1']
  ]
}

/** On the fourth pipe. */
export function cabinSound(codec: 'pcma' | 'aac'): string[] {
  const engine = '0.16*sin(2*PI*82*t)+0.08*sin(2*PI*164*t)'
  const blinker = '0.3*sin(2*PI*900*t)*lt(mod(t,0.7),0.03)'
  const coded = codec === 'aac' ? ['-c:a', 'aac', '-ar', '16000', '-f', 'adts'] : ['-c:a', 'pcm_alaw', '-f', 'alaw']
  return ['-re', '-f', 'lavfi', '-i', `aevalsrc='${engine}+${blinker}':s=8000`, '-map', '1:a', ...coded, 'pipe:3']
}

/** The province's sign by a font of this machine that has it: such a font may have nothing else, and ffmpeg's choice may not have it. */
function plateWords(words: string): string[] {
  const [, sign = '', rest = ''] = /^(\p{Script=Han}?)(.*)$/u.exec(words) ?? []
  font ??= findFont()
  return sign !== '' && font !== ''
    ? [text(sign, 'x=12:y=9', `fontfile='${font}':`), text(rest, 'x=34:y=9')]
    : [text(rest, 'x=12:y=9')]
}

function text(words: string, place: string, by = ''): string {
  const look = 'fontsize=20:fontcolor=white:shadowx=1:shadowy=1'
  return `drawtext=${by}text='${words.replaceAll("'", '')}':${place}:${look}`
}

let font: string | undefined

function findFont(): string {
  try {
    const found = execFileSync('fc-list', ['-f', '%{file}\\n', ':lang=zh'], { encoding: 'utf8' })
    return found.split('\n').find(file => /^[\w./ -]+$/.test(file)) ?? ''
  } catch {
    return ''
  }
}
