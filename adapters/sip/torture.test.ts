/** Every message of RFC 4475 goes through the whole server: valid ones are taken, the others refused with the right code, none throws. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { createFakeClock, settle } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { type SipConfig, sipConfig } from './config.ts'
import { parseMessage } from './frame.ts'
import { peerOf } from './peer.ts'
import { Uas } from './uas.ts'

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
const trunk = { name: 'torture', address: '192.0.2.200' }
const peer = peerOf(trunk.address, 5060)
/** The RFC's INVITEs go to these users; as service numbers they become calls for help. */
const users = ['user', 'vivekg', 'UserB', 'sips:user@examplecom', 'joe']

function createServer() {
  const clock = createFakeClock()
  const fake = createFakeHost({ clock })
  const sent: Buffer[] = []
  const serviceNumbers = users.map(number => ({ number, kind: 'panicPhone' as const }))
  const config = { ...(Value.Default(sipConfig, {}) as SipConfig), serviceNumbers, trunks: [trunk] }
  const uas = new Uas({
    host: fake.host,
    config,
    voice: { open: async () => 40_000, play: () => {}, close: () => {} },
    send: bytes => void sent.push(bytes),
    localAddress: () => '192.0.2.1',
    sentBy: () => '192.0.2.1:5060'
  })
  const statuses = () =>
    sent.map(bytes => {
      const message = parseMessage(bytes)
      return message.ok && message.value.kind === 'response' ? message.value.status : 0
    })
  return { uas, fake, clock, statuses }
}

describe('RFC 4475', () => {
  it('has all 49 messages', () => {
    expect(messages).toHaveLength(49)
  })

  for (const { name, section, expected, bytes } of messages) {
    it(`${section} ${name}: ${expected}`, async () => {
      const { uas, fake, clock, statuses } = createServer()
      await uas.receive(bytes, peer, trunk)
      await settle()
      if (expected === 'stray') {
        expect(fake.rejections.map(r => r.reason)).toEqual(['strayResponse'])
        expect(statuses()).toEqual([])
      } else if (/^\d/.test(expected)) expect(statuses().at(-1)).toBe(Number(expected))
      else {
        expect(fake.rejections.map(r => r.reason)).toEqual([expected])
        expect(statuses()).toEqual([])
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
