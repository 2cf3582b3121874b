/** Every message of RFC 4475 goes through the whole server: valid ones are taken, the others refused with the right code, none throws. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseMessage } from './frame.ts'
import { createBench } from './testing.ts'

interface TortureMessage {
  readonly name: string
  readonly section: string
  readonly expected: string
  readonly bytes: Buffer
}

/** The notation of RFC 4475 §2: bytes in hex, counted repetitions, CRLF at line ends. */
function readTorture(): TortureMessage[] {
  const text = readFileSync(join(import.meta.dirname, 'frames', 'rfc4475.txt'), 'utf8')
  const [, ...blocks] = text.split(/^=== /m)
  return blocks.map(block => {
    const [title = '', ...lines] = block.split('\n')
    const [name = '', section = '', expected = ''] = title.split(' | ')
    const wire = lines
      .join('\r\n')
      .replace(/<repeat count=(\d+)>(.*?)<\/repeat>/g, (_, count: string, what: string) => what.repeat(Number(count)))
      .replace(/<hex>(\w+)<\/hex>/g, (_, hex: string) => Buffer.from(hex, 'hex').toString('latin1'))
    return { name, section, expected, bytes: Buffer.from(wire, 'latin1') }
  })
}

const messages = readTorture()
/** The RFC's INVITEs go to these users; as service numbers they become calls for help. */
const serviceNumbers = ['user', 'vivekg', 'UserB', 'sips:user@examplecom', 'joe'].map(number => ({
  number,
  kind: 'panicPhone' as const
}))

describe('RFC 4475', () => {
  it('has all 49 messages', () => {
    expect(messages).toHaveLength(49)
  })

  for (const { name, section, expected, bytes } of messages) {
    it(`${section} ${name}: ${expected}`, async () => {
      const { uas, fake, clock, receive, spoken } = createBench({ serviceNumbers })
      await receive(bytes)
      if (expected === 'stray') {
        expect(fake.rejections.map(r => r.reason)).toEqual(['strayResponse'])
        expect(spoken()).toEqual([])
      } else if (/^\d/.test(expected)) expect(spoken().at(-1)).toBe(Number(expected))
      else {
        expect(fake.rejections.map(r => r.reason)).toEqual([expected])
        expect(spoken()).toEqual([])
      }
      const raised = expected === '180' || expected === '415'
      expect(fake.signals).toHaveLength(raised ? 1 : 0)
      await uas.close()
      expect(clock.pending).toBe(0)
    })
  }

  it('reads the tortuous INVITE as it is meant', () => {
    const message = parseMessage(messages[0]?.bytes ?? Buffer.alloc(0))
    expect(message.ok && message.value.fault).toBeUndefined()
    const headers = message.ok ? message.value.headers : []
    expect(headers.find(h => h.name === 'newfangledheader')?.value).toBe('newfangled value continued newfangled value')
    expect(headers.filter(h => h.name === 'via')).toHaveLength(2)
    expect(message.ok && message.value.body).toHaveLength(150)
  })
})
