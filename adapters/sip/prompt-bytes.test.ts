/** Files that people give to be spoken: what is no A-law is said, and spoken by nobody. */
import { expect, it } from 'vitest'
import { alawOf } from './prompt-bytes.ts'

const SOUND = Buffer.from([0xd5, 0x55, 0xd4, 0x54])

function wav(tag: number, rate: number, channels: number, data: Buffer = SOUND): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(tag, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(rate, 24)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(data.length, 40)
  return Buffer.concat([head, data])
}

it('raw A-law is spoken as it is, a WAV of it without its head', () => {
  expect(alawOf(SOUND)).toEqual(SOUND)
  expect(alawOf(wav(6, 8_000, 1))).toEqual(SOUND)
})

it.each([
  [Buffer.alloc(0), 'is empty'],
  [wav(1, 44_100, 2), 'is a WAV of format 1, 44100 Hz and 2 channels, not A-law (6), 8000 Hz and 1'],
  [wav(6, 8_000, 1, Buffer.alloc(0)), 'is a WAV without sound'],
  [wav(6, 8_000, 1).subarray(0, 20), 'is a WAV without sound'],
  [Buffer.from('ID3\u0003xxxx'), 'is an MP3'],
  [Buffer.from('OggSxxxx'), 'is an Ogg file']
])('what is something else is refused, with what to do (%#)', (bytes, why) => {
  expect(() => alawOf(bytes)).toThrow(why)
  expect(() => alawOf(bytes)).toThrow('ffmpeg -i FILE -ar 8000 -ac 1 -f alaw')
})
