/** Names of spoken pieces → the files that may hold them, pure: a name can never lead out of its folder. */
import { join } from 'node:path'
import type { Speech } from '../../gateway/core/placed-call.ts'
import type { SoundOrder } from './voice-sound.ts'

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/
/** Nobody listens to more than this. */
const MAX_PIECES = 64

/** `folders` in the order in which they are looked into. */
export function soundOrder(speech: Speech, folders: readonly string[]): SoundOrder {
  const files = (name: string) => (NAME.test(name) ? folders.map(folder => join(folder, `${name}.alaw`)) : [])
  return {
    repeat: speech.repeat,
    pieces: speech.pieces.slice(0, MAX_PIECES).map(({ name, otherwise = [] }) => ({
      files: files(name),
      otherwise: otherwise.slice(0, MAX_PIECES).map(files)
    }))
  }
}
