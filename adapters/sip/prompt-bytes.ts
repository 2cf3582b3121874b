/** A file that is to be spoken: what of it is A-law, or why none of it is; pure. */

const MAKE = 'make it anew: ffmpeg -i FILE -ar 8000 -ac 1 -f alaw NAME.alaw'
/** Of other formats than raw; spoken as they are they would be noise in the ear of whoever calls for help. */
const OTHERS: readonly (readonly [mark: string, name: string])[] = [
  ...([
    ['ID3', 'an MP3'],
    ['OggS', 'an Ogg file'],
    ['fLaC', 'a FLAC'],
    ['FORM', 'an AIFF']
  ] as const),
  ...([
    ['.snd', 'an AU file'],
    ['caff', 'a CAF'],
    ['#!AMR', 'an AMR']
  ] as const)
]
/** WAVEFORMATEX, wFormatTag. */
const WAV_ALAW = 6
const RATE = 8_000

/** Raw A-law at 8 kHz as it is, and the sound of a WAV that holds just that. Throws an Error that says what it is instead and what to do. */
export function alawOf(bytes: Buffer): Buffer {
  if (bytes.length === 0) throw new Error(`is empty; ${MAKE}`)
  const mark = bytes.toString('latin1', 0, 5)
  if (mark.startsWith('RIFF')) return wavSound(bytes)
  const other = OTHERS.find(([each]) => mark.startsWith(each))
  if (other) throw new Error(`is ${other[1]}, not raw A-law; ${MAKE}`)
  return bytes
}

function wavSound(bytes: Buffer): Buffer {
  const format = chunkOf(bytes, 'fmt ')
  const data = chunkOf(bytes, 'data')
  if (!format || format.length < 16 || !data || data.length === 0) throw new Error(`is a WAV without sound; ${MAKE}`)
  const [tag, channels, rate] = [format.readUInt16LE(0), format.readUInt16LE(2), format.readUInt32LE(4)]
  if (tag === WAV_ALAW && channels === 1 && rate === RATE) return data
  throw new Error(
    `is a WAV of format ${tag}, ${rate} Hz and ${channels} channels, not A-law (6), 8000 Hz and 1; ${MAKE}`
  )
}

/** RIFF: name, length, content, and a byte more where that is odd. */
function chunkOf(bytes: Buffer, name: string): Buffer | undefined {
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4)
    if (bytes.toString('latin1', at, at + 4) === name) return bytes.subarray(at + 8, at + 8 + length)
    at += 8 + length + (length % 2)
  }
  return undefined
}
