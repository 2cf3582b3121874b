/** An event of a camera as it is kept for the technician: what was read from its XML, a name a line; pure. */
import { type Field, fieldOf, textOf, utf8 } from '../kit/explain.ts'
import type { EventMessage } from './event-decode.ts'

export function traceBytes({ topic, operation, source, data, deviceTimeMs }: EventMessage): Buffer {
  const pairs = (word: string, map: ReadonlyMap<string, string>) =>
    [...map].map(([key, value]) => `${word} ${key}=${value}`)
  const time = deviceTimeMs === undefined ? [] : [`UtcTime ${new Date(deviceTimeMs).toISOString()}`]
  return Buffer.from([`${topic} ${operation}`, ...pairs('source', source), ...pairs('data', data), ...time].join('\n'))
}

export function explain(bytes: Uint8Array): readonly Field[] {
  const text = textOf(bytes)
  const pairs = [...text.matchAll(/^(source|data) ([^=\n]*)=(.*)$/dgm)].map(match => {
    const [from, to] = match.indices?.[3] ?? [0, 0]
    return { offset: from, length: to - from, name: utf8(match[2] ?? ''), value: utf8(match[3] ?? '') }
  })
  return [
    ...fieldOf(text, /^(\S+) /d, 'topic'),
    ...fieldOf(text, /^\S+ (\w+)/d, 'operation'),
    ...pairs,
    ...fieldOf(text, /^UtcTime (\S+)$/dm, 'time').map(field => ({ ...field, claimsMs: Date.parse(field.value) }))
  ]
}
