/** Telephones over WebSocket (RFC 7118) on real sockets: sip.js, which we did not write, registers, presses, is rung; strangers and pages of others are kept out. */
import { Inviter, Registerer, RegistererState, SessionState, UserAgent } from 'sip.js'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { until } from '../../gateway/testing/wait.ts'
import type { SipConfig } from './config.ts'
import { header, parseMessage, type SipMessage } from './frame.ts'
import { testCertificate } from './testing/stream.ts'
import { requestText, sdp, startAdapter } from './testing.ts'

const certificate = await testCertificate()
const NUMBER = '6650147'
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(settings: Partial<SipConfig> = {}, options: Parameters<typeof startAdapter>[1] = {}) {
  const adapter = await startAdapter({ wsPort: 0, ...settings }, { credentials: { [NUMBER]: 'secret' }, ...options })
  cleanups.push(adapter.stop)
  const { port } = await adapter.serverBy('ws')
  /** Undefined when it was not let in. */
  const open = async (url = `ws://127.0.0.1:${port}`, protocol = 'sip', headers = {}) => {
    const socket = new WebSocket(url, protocol === '' ? [] : protocol, { rejectUnauthorized: false, headers })
    const heard: SipMessage[] = []
    const pongs: string[] = []
    let refused = ''
    socket.on('message', (data, isBinary) => {
      const text = (data as Buffer).toString('latin1')
      const message = parseMessage(data as Buffer)
      if (message.ok) heard.push(message.value)
      else pongs.push(isBinary ? 'binary' : JSON.stringify(text))
    })
    socket.on('error', error => {
      refused = error.message
    })
    cleanups.push(() => socket.terminate())
    await until('it is open or refused', () => refused !== '' || socket.readyState === socket.OPEN)
    const answer = (status: number) =>
      until(`a ${status}`, () => heard.find(m => m.kind === 'response' && m.status === status))
    return { socket, heard, pongs, refused, answer }
  }
  return { ...adapter, port, open }
}

/** A browser's telephone without a browser: its sound is plain RTP. */
async function sipJs(port: number) {
  const rung: string[] = []
  const agent = new UserAgent({
    uri: UserAgent.makeURI(`sip:${NUMBER}@127.0.0.1`),
    transportOptions: { server: `ws://127.0.0.1:${port}`, keepAliveInterval: 1 },
    authorizationUsername: NUMBER,
    authorizationPassword: 'secret',
    logLevel: 'error',
    sessionDescriptionHandlerFactory: () => ({
      close: () => {},
      getDescription: async () => ({ body: sdp(4_000), contentType: 'application/sdp' }),
      hasDescription: type => type === 'application/sdp',
      rollbackDescription: async () => {},
      setDescription: async () => {},
      sendDtmf: () => false
    }),
    delegate: {
      onInvite(invitation) {
        rung.push(invitation.remoteIdentity.uri.toString())
        void invitation.accept()
      }
    }
  })
  await agent.start()
  cleanups.push(() => agent.stop())
  return { agent, rung }
}

describe('sip.js over WebSocket', () => {
  it('registers with its log-in, presses, is believed, answered and hangs up', async () => {
    const { fake, port } = await start()
    const { agent } = await sipJs(port)
    const registerer = new Registerer(agent)
    await registerer.register()
    await until('it is registered', () => registerer.state === RegistererState.Registered)
    expect(fake.sightings.at(-1)).toMatchObject({ deviceId: `sip:${NUMBER}`, state: 'online' })
    const target = UserAgent.makeURI('sip:12349@127.0.0.1') ?? expect.fail('no address')
    const call = new Inviter(agent, target)
    await call.invite()
    await until('it is answered', () => call.state === SessionState.Established)
    expect(fake.signals).toMatchObject([{ sourceId: `sip:${NUMBER}`, alarmClass: 'help', verified: true }])
    await call.bye()
    await until('it is over', () => call.state === SessionState.Terminated)
    await registerer.unregister()
    await until('it is gone', () => registerer.state === RegistererState.Unregistered)
  })

  it('is rung where it registered, and not any more when its connection is gone', async () => {
    const { port, place } = await start()
    const { agent, rung } = await sipJs(port)
    await new Registerer(agent).register()
    const told: string[] = []
    const ring = () =>
      place(
        { number: NUMBER, ringMs: 20_000, speech: { pieces: [{ name: 'help-coming.zh' }], repeat: true } },
        {
          ringing: () => {},
          answered: () => told.push('answered'),
          digit: () => {},
          spoken: () => {},
          ended: end => told.push(end)
        }
      )
    // Registered with its answer to the challenge, which is under way.
    const call = await until('it is rung', async () => {
      const placed = ring()
      await new Promise(resolve => setImmediate(resolve))
      if (told.splice(0).includes('unreachable')) return undefined
      return placed
    })
    await until('it answers', () => told.includes('answered'))
    expect(rung[0]).toContain('sip:pingan@')
    call.hangUp()
    expect(told).toEqual(['answered', 'byUs'])
    await agent.stop()
    await until('it is forgotten', async () => {
      told.length = 0
      ring().hangUp()
      await new Promise(resolve => setImmediate(resolve))
      return told.includes('unreachable')
    })
  })
})

describe('a WebSocket', () => {
  it.each(['ws', 'wss'] as const)(
    '%s: one message a frame, text or binary; the answer comes the same way',
    async way => {
      const { fake, port, open } = await start({}, { tls: certificate })
      const phone = await open(`${way}://127.0.0.1:${port}`)
      const invite = requestText(5_062).replace(
        'SIP/2.0/UDP 127.0.0.1:5062',
        `SIP/2.0/${way.toUpperCase()} x7k.invalid`
      )
      phone.socket.send(Buffer.from(invite))
      const challenge = await phone.answer(401)
      // Not by the address: an exchange does not come this way. It had its time to prove itself.
      await until('it is an alarm', () => fake.signals[0])
      expect(fake.signals).toMatchObject([
        { verified: false, origin: expect.stringMatching(new RegExp(`^${way} 127`)) }
      ])
      expect(header(challenge, 'via')).toContain('x7k.invalid;branch=z9hG4bKone;received=127.0.0.1')
      phone.socket.send('\r\n\r\n')
      await until('it is answered', () => phone.pongs[0])
      expect(phone.pongs).toEqual([JSON.stringify('\r\n')])
    }
  )

  it('is for telephones, of our pages and of those that are listed', async () => {
    const { fake, port, open } = await start({ wsOrigins: ['https://grid.example'] })
    expect((await open(undefined, '')).refused).toContain('400')
    expect((await open(undefined, 'mqtt')).refused).toContain('400')
    expect((await open(undefined, 'sip', { origin: 'https://evil.example' })).refused).toContain('403')
    expect((await open(undefined, 'sip', { origin: 'https://grid.example' })).refused).toBe('')
    expect((await open(undefined, 'sip', { origin: `http://127.0.0.1:${port + 1}` })).refused).toBe('')
    expect(fake.rejections.map(r => r.reason)).toEqual(['notSip', 'notSip', 'wrongOrigin'])
  })

  it('is bounded: by address, by size, by pace, and who says nothing is cut off', async () => {
    const clock = createFakeClock()
    const budgets = {
      unknownDatagramsPerS: 5,
      trunkDatagramsPerS: 1,
      unknownPressesPerMinute: 6,
      allUnknownPressesPerMinute: 300
    }
    const { fake, open } = await start({ maxConnectionsPerAddress: 2, budgets }, { clock })
    const mute = await open()
    const loud = await open()
    expect((await open()).refused).toContain('503')
    const closed = (phone: typeof mute) => until('it is closed', () => phone.socket.readyState === phone.socket.CLOSED)
    for (let i = 0; i < 30; i++)
      loud.socket.send(requestText(5_062, { method: 'OPTIONS', callId: `o${i}`, branch: `z9hG4bKo${i}` }))
    await until('it is told to wait', () => fake.rejections.find(r => r.reason === 'tooFast'))
    expect(loud.heard.length).toBeLessThanOrEqual(10)
    await until('none was dropped', async () => {
      await clock.advance(200)
      return loud.heard.length === 30
    })
    await clock.advance(11_000)
    await closed(mute)
    loud.socket.send('x'.repeat(40_000))
    await closed(loud)
    expect(fake.rejections.map(r => r.reason)).toEqual(
      expect.arrayContaining(['tooManyConnections', 'tooSlow', 'tooLarge'])
    )
  })

  it('that closes while it is told to wait has pressed all the same', async () => {
    const clock = createFakeClock()
    const budgets = {
      unknownDatagramsPerS: 5,
      trunkDatagramsPerS: 1,
      unknownPressesPerMinute: 6,
      allUnknownPressesPerMinute: 300
    }
    const { fake, open } = await start({ budgets }, { clock })
    const phone = await open()
    for (let i = 0; i < 30; i++)
      phone.socket.send(requestText(5_062, { method: 'OPTIONS', callId: `o${i}`, branch: `z9hG4bKo${i}` }))
    phone.socket.send(requestText(5_062))
    await until('it is told to wait', () => fake.rejections.find(r => r.reason === 'tooFast'))
    phone.socket.terminate()
    await until('it is an alarm', async () => {
      await clock.advance(200)
      return fake.signals[0]
    })
  })

  it('is not opened at all unless it is set', async () => {
    const adapter = await startAdapter()
    cleanups.push(adapter.stop)
    await adapter.serverBy('tcp')
    expect(adapter.fake.endpoints.map(e => e.protocol)).not.toContain('ws')
  })
})
