/** What an init segment holds: its picture track alone, its parameter sets, its sound for another picture. */
import { VIDEO_CODECS } from '../codec/codecs.ts'
import { type Box, boxes, find, handlerOf, trackIdOf } from './boxes.ts'

/** An init segment cut down to its picture track; undefined when it has none. */
export function videoInit(init: Buffer): { readonly bytes: Buffer; readonly trackId: number } | undefined {
  const moov = find(init, 'moov')
  if (!moov) return undefined
  const traks = [...boxes(init, moov.start, moov.end)].filter(box => box.type === 'trak')
  const video = traks.find(trak => handlerOf(init, trak) === 'vide')
  const trackId = video && trackIdOf(init, video)
  if (trackId === undefined) return undefined
  if (traks.length === 1) return { bytes: init, trackId }
  const parts = [...boxes(init, moov.start, moov.end)].flatMap(box => keep(init, box, trackId))
  return { bytes: Buffer.concat([init.subarray(0, moov.at), wrap('moov', parts)]), trackId }
}

function keep(init: Buffer, box: Box, trackId: number): Buffer[] {
  if (box.type === 'trak' && trackIdOf(init, box) !== trackId) return []
  if (box.type !== 'mvex') return [init.subarray(box.at, box.end)]
  const kept = [...boxes(init, box.start, box.end)].filter(
    each => each.type !== 'trex' || init.readUInt32BE(each.start + 4) === trackId
  )
  const parts = kept.map(each => init.subarray(each.at, each.end))
  return [wrap('mvex', parts)]
}

function wrap(type: string, parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 8))
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, ...parts])
}

/** The parameter sets of an H.265 init segment, each behind a start code; undefined where it has none. ISO/IEC 14496-15 clause 8.3.3.1.2. */
export function h265Sets(init: Buffer): Buffer | undefined {
  const at = init.indexOf('hvcC', 0, 'latin1') + 4
  if (at < 8) return undefined
  try {
    const sets = VIDEO_CODECS.h265.createSets()
    let next = at + 22
    for (let arrays = init.readUInt8(next++); arrays > 0; arrays--) {
      const count = init.readUInt16BE(next + 1)
      next += 3
      for (let i = 0; i < count; i++) {
        const length = init.readUInt16BE(next)
        sets.offer(init, next + 2, next + 2 + length)
        next += 2 + length
      }
    }
    return sets.take()?.annexB
  } catch {
    // A length that points outside of it: a torn file.
    return undefined
  }
}

/** The init segment of a picture together with the sound of a recording. */
export function withSoundOf(picture: Buffer, recorded: Buffer): Buffer {
  const [to, from] = [find(picture, 'moov'), find(recorded, 'moov')]
  if (!to || !from) return picture
  const sound = [...boxes(recorded, from.start, from.end)].filter(
    box => box.type === 'trak' && handlerOf(recorded, box) === 'soun'
  )
  const ids = sound.map(trak => trackIdOf(recorded, trak))
  const parts = [...boxes(picture, to.start, to.end)].flatMap(box => {
    if (box.type !== 'mvex') return [picture.subarray(box.at, box.end)]
    const defaults = [...boxes(recorded, from.start, from.end)]
      .filter(each => each.type === 'mvex')
      .flatMap(mvex => [...boxes(recorded, mvex.start, mvex.end)])
      .filter(each => each.type === 'trex' && ids.includes(recorded.readUInt32BE(each.start + 4)))
      .map(each => recorded.subarray(each.at, each.end))
    const traks = sound.map(trak => recorded.subarray(trak.at, trak.end))
    return [...traks, wrap('mvex', [picture.subarray(box.start, box.end), ...defaults])]
  })
  return Buffer.concat([picture.subarray(0, to.at), wrap('moov', parts)])
}
