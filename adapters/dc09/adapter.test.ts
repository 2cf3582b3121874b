/** DC-09 over real sockets: what is acknowledged and when, in which form, what is refused, and who has fallen silent. */
import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { silentCrowd } from '../kit/testing-crowd.ts'
import { decrypt, encrypt } from './cipher-frame.ts'
import type { Dc09Config } from './config.ts'
import { encodeFrame, formatTime } from './frame.ts'
import { createPanel, type PanelOptions } from './simulator.ts'
import { askUdp, KEY, rawLine, startAdapter } from './testing.ts'

const RECORDED = readFileSync(new URL('frames/panels.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line && !line.startsWith('#'))
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function setup(settings: Partial<Dc09Config> = {}, options: FakeHostOptions = {}) {
  const fake = createFakeHost(options)
  const adapter = await startAdapter(fake, settings)
  cleanups.push(adapter.stop)
  const line = await rawLine(adapter.tcp)
  cleanups.push(line.end)
  return { fake, adapter, line, reasons: () => fake.rejections.map(({ reason }) => reason) }
}

function gate(fake: ReturnType<typeof createFakeHost>): () => void {
  let open = (): void => {}
  fake.gate = new Promise(resolve => {
    open = resolve
  })
  return open
}

const key = createSecretKey(Buffer.from(KEY))
const secret = (id: string, data: string, atMs = Date.now(), seq = '0001') =>
  `"*${id}"${seq}L0#12345[${encrypt(`${data}]_${formatTime(atMs)}`, key)}`

describe('acknowledgement', () => {
  it.each(
    RECORDED.slice(0, -2)
      .filter(line => !line.includes('"NAK"'))
      .map(line => line.slice(8))
  )('%s of a real panel is acknowledged with its sequence, receiver, line and account', async body => {
    const { line } = await setup()
    const [, seq, rest] = /^"[^"]+"(\d{4})([^[]+)/.exec(body) ?? []
    expect(await line.ask(body)).toBe(`"ACK"${seq}${rest}[]`)
  })

  it('comes after the journal, never before', async () => {
    const { fake, line } = await setup()
    const open = gate(fake)
    line.write(encodeFrame('"ADM-CID"0007R1L2#1234[#1234|1120 01 001]'))
    // A link test needs no journal: once it is answered, the press was read and is still unanswered.
    expect(await line.ask('"NULL"0008L0#9999[]')).toBe('"ACK"0008L0#9999[]')
    expect([fake.signals, line.inbox]).toEqual([[], []])
    open()
    await until('the acknowledgement', () => line.inbox.length > 0)
    expect(line.inbox).toEqual(['"ACK"0007R1L2#1234[]'])
    expect(fake.signals).toMatchObject([{ sourceId: 'dc09:1.2/1234', alarmClass: 'panic', zone: '001' }])
  })

  it('comes for each of many that one sync of the journal made durable, which a concentrator sent in one piece', async () => {
    const { fake, line } = await setup({}, { known: Array.from({ length: 40 }, (_, n) => `dc09:${1_000 + n}`) })
    const open = gate(fake)
    const accounts = Array.from({ length: 40 }, (_, n) => String(1_000 + n))
    line.write(Buffer.concat(accounts.map(one => encodeFrame(`"ADM-CID"0007L0#${one}[#${one}|1120 01 001]`))))
    expect(await line.ask('"NULL"0008L0#9999[]')).toBe('"ACK"0008L0#9999[]')
    open()
    await until('all acknowledgements', () => line.inbox.length >= 40)
    expect(line.inbox.toSorted()).toEqual(accounts.map(one => `"ACK"0007L0#${one}[]`))
    expect(fake.signals).toHaveLength(40)
  })

  it('does not come when nothing can be stored; the resend is the first', async () => {
    const { fake, line, reasons } = await setup()
    fake.failing = true
    line.write(encodeFrame('"ADM-CID"0007L0#1234[#1234|1120 01 001]'))
    await until('the refusal', () => reasons().includes('notStored'))
    fake.failing = false
    expect(await line.ask('"ADM-CID"0007L0#1234[#1234|1120 01 001]')).toBe('"ACK"0007L0#1234[]')
    expect(fake.signals).toHaveLength(1)
  })

  it('has the CRC form of the request, over UDP too', async () => {
    const { adapter } = await setup()
    const body = '"ADM-CID"0007L0#1234[#1234|1120 01 001]'
    for (const form of ['hex', 'raw'] as const)
      expect(await askUdp(adapter.udp, encodeFrame(body, form))).toEqual(encodeFrame('"ACK"0007L0#1234[]', form))
  })

  it('a bad CRC gets none and is counted; the frame after it is taken', async () => {
    const { fake, line, reasons } = await setup()
    line.write(Buffer.from(`\n${RECORDED.at(-1)}\r`, 'latin1'))
    expect(await line.ask('"ADM-CID"0002L0#1234[#1234|1130 01 001]')).toBe('"ACK"0002L0#1234[]')
    expect(reasons()).toEqual(['badCrc'])
    expect(fake.signals).toHaveLength(1)
  })

  it('a retransmission is acknowledged alike and is no second signal, also after a restart', async () => {
    const { fake, adapter, line } = await setup()
    const body = '"SIA-DCS"0007L0#1234[#1234|NBA01/FA02]_10:00:00,11-21-2026'
    const again = '"SIA-DCS"0007L0#1234[#1234|NBA01/FA02]_10:00:09,11-21-2026'
    expect(await line.ask(body)).toBe(await line.ask(again))
    await adapter.stop()
    const next = await startAdapter(fake)
    cleanups.push(next.stop)
    expect((await askUdp(next.udp, encodeFrame(again))).toString('latin1')).toContain('"ACK"0007L0#1234[]')
    expect(fake.signals.map(({ zone }) => zone)).toEqual(['01', '02'])
    await askUdp(next.udp, encodeFrame('"SIA-DCS"0008L0#1234[#1234|NBA01/FA02]'))
    expect(fake.signals).toHaveLength(4)
  })

  it.each([0, 1])(
    'of two presses in a frame number %i cannot be stored: the retransmission doubles neither',
    async lost => {
      const clock = createFakeClock()
      const { fake, line, reasons } = await setup({}, { clock })
      const { accept } = fake.host
      let count = 0
      Object.assign(fake.host, {
        accept: (...given: Parameters<typeof accept>) =>
          count++ === lost ? Promise.reject(new Error('disk full')) : accept(...given)
      })
      const body = '"SIA-DCS"0007L0#1234[#1234|NPA01/PA02]'
      line.write(encodeFrame(body))
      await until('the refusal', () => reasons().includes('notStored'))
      await clock.advance(5_000)
      expect(await line.ask(body)).toBe('"ACK"0007L0#1234[]')
      expect(fake.signals.map(({ zone }) => zone)).toEqual(['01', '02'])
      expect(line.inbox).toHaveLength(0)
    }
  )

  it('after ten minutes the same frame is a new event: sequences begin anew', async () => {
    const clock = createFakeClock()
    const { fake, line } = await setup({}, { clock })
    const body = '"ADM-CID"0001L0#1234[#1234|1130 01 001]'
    await line.ask(body)
    await clock.advance(299_000)
    await line.ask(body)
    expect(fake.signals).toHaveLength(1)
    await clock.advance(299_000)
    await line.ask(body)
    await clock.advance(2_000)
    await line.ask(body)
    expect(fake.signals).toHaveLength(2)
  })

  it('what is not spoken here gets DUH: other ids, and frames without line or account', async () => {
    const { fake, line, reasons } = await setup()
    expect(await line.ask('"ADM-41E"0003L0#1234[#1234|x]')).toBe('"DUH"0003L0#1234[]')
    expect(await line.ask('"SIA-DCS"0004#1234[#1234|NPA01]')).toBe('"DUH"0004L0[]')
    expect(await line.ask('"SIA-DCS"0005L0[NPA01]')).toBe('"DUH"0005L0[]')
    expect(reasons()).toEqual(['unknownId', 'noLine', 'noAccount'])
    expect(fake.signals).toEqual([])
  })

  it('the place of the event is in the blocks', async () => {
    const { fake, line } = await setup()
    await line.ask('"ADM-CID"0001L0#1234[#1234|1120 01 001][X119E37.008][Y27N1.992]')
    expect(fake.signals[0]?.position).toEqual({
      lat: expect.closeTo(27.0332, 5),
      lon: expect.closeTo(119.6168, 5),
      datum: 'wgs84'
    })
  })
})

describe('encryption', () => {
  const options: FakeHostOptions = { credentials: { '12345': KEY }, known: ['dc09:12345', 'dc09:7777'] }

  it('is answered encrypted, with our time, and proves who it is', async () => {
    const { fake, line } = await setup({}, options)
    const answer = await line.ask(secret('ADM-CID', '#12345|1120 01 001'))
    expect(answer).toMatch(/^"\*ACK"0001L0#12345\[[0-9A-F]+$/)
    expect(decrypt(answer.slice(answer.indexOf('[') + 1), key)).toMatchObject({
      ok: true,
      value: expect.stringMatching(/^\]_\d\d:\d\d:\d\d,\d\d-\d\d-\d{4}$/)
    })
    expect(fake.signals).toMatchObject([{ alarmClass: 'panic', verified: true }])
    // Encrypted anew it is other bytes and the same event.
    await line.ask(secret('ADM-CID', '#12345|1120 01 001'))
    expect(fake.signals).toHaveLength(1)
  })

  it.each([
    [-45_000, 'NAK'],
    [-35_000, '*ACK'],
    [15_000, '*ACK'],
    [25_000, 'NAK']
  ])('a time stamp %i ms from ours: %s', async (offMs, kind) => {
    const clock = createFakeClock()
    const { fake, line } = await setup({}, { ...options, clock })
    const answer = await line.ask(secret('ADM-CID', '#12345|1120 01 001', clock.now() + offMs))
    expect(answer.startsWith(`"${kind}"`)).toBe(true)
    if (kind === 'NAK') expect(answer).toBe(`"NAK"0000R0L0A0[]_${formatTime(clock.now())}`)
    expect(fake.signals).toHaveLength(kind === 'NAK' ? 0 : 1)
  })

  it('without a time stamp it is refused: it might be a replay', async () => {
    const { fake, line } = await setup({}, options)
    expect(await line.ask(`"*ADM-CID"0001L0#12345[${encrypt('#12345|1120 01 001]', key)}`)).toMatch(/^"NAK"/)
    expect(fake.signals).toEqual([])
  })

  it('a box whose clock stays wrong is a trouble until it is right', async () => {
    const { fake, line } = await setup({}, options)
    for (let n = 0; n < 3; n++) await line.ask(secret('ADM-CID', '#12345|1120 01 001', 0, `000${n}`))
    expect(fake.signals).toMatchObject([{ sourceId: 'dc09:12345', cause: 'clock', qualifier: 'new' }])
    await line.ask(secret('NULL', ''))
    await until('the restore', () => fake.signals.length === 2)
    expect(fake.signals[1]).toMatchObject({ cause: 'clock', qualifier: 'restore' })
  })

  it('what cannot be deciphered is still a signal, and refused', async () => {
    const { fake, line, reasons } = await setup({}, options)
    const foreign = encrypt(
      `#7777|1120 01 001]_${formatTime(Date.now())}`,
      createSecretKey(Buffer.from('x'.repeat(16)))
    )
    expect(await line.ask(`"*ADM-CID"0001L0#7777[${foreign}`)).toBe('"DUH"0001L0#7777[]')
    expect(await line.ask(`"*ADM-CID"0001L0#12345[${foreign}`)).toBe('"DUH"0001L0#12345[]')
    expect(await line.ask(`"*NULL"0002L0#7777[${foreign}`)).toBe('"DUH"0002L0#7777[]')
    expect(reasons()).toEqual(['noKey', 'wrongKey', 'noKey'])
    expect(fake.signals).toMatchObject([
      { sourceId: 'dc09:7777', alarmClass: 'unmapped', verified: false },
      { sourceId: 'dc09:12345', alarmClass: 'unmapped', verified: false }
    ])
  })

  it('a plain frame of a box that has a key may be forged: raised as unproven within a budget, and it changes nothing else', async () => {
    const { fake, line, reasons } = await setup({ strangersPerMinute: 2 }, options)
    for (const seq of ['0001', '0002', '0003', '0004'])
      await line.ask(`"ADM-CID"${seq}L0#12345[#12345|1401 01 00${seq.at(-1)}]`)
    expect(fake.signals).toMatchObject([
      { sourceId: 'dc09:12345', verified: false, text: expect.stringContaining('未加密') },
      { sourceId: 'dc09:12345', verified: false },
      { sourceId: 'dc09:flood@12345', alarmClass: 'unmapped' }
    ])
    expect(reasons()).toEqual(['strangerFlood', 'strangerFlood'])
    expect(fake.sightings).toEqual([])
    // The real box is neither silenced nor taken for a retransmission.
    await line.ask(secret('ADM-CID', '#12345|1401 01 001'))
    expect(fake.signals.at(-1)).toMatchObject({ sourceId: 'dc09:12345', verified: true })
    expect(fake.sightings.at(-1)?.arm).toEqual({ '01': 'disarmed' })
  })

  it('a key that is no AES key is said, and the box is heard as one without', async () => {
    const { fake, line, reasons } = await setup({}, { credentials: { '12345': 'short' } })
    await line.ask('"ADM-CID"0001L0#12345[#12345|1120 01 001]')
    expect([reasons(), fake.signals.length]).toEqual([['badKey'], 1])
  })
})

describe('strangers', () => {
  it('of forged addresses have three hundred alarms a minute together, then one says so', async () => {
    const { fake, adapter, reasons } = await setup({}, { known: [] })
    for (let n = 0; n < 320; n++) {
      const account = (0x10000 + n).toString(16).toUpperCase()
      const frame = encodeFrame(`"ADM-CID"0001L0#${account}[#${account}|1110 01 001]`)
      await askUdp(adapter.udp, frame, `127.20.${n >> 8}.${n & 255 || 1}`)
    }
    expect(fake.signals.filter(({ alarmClass }) => alarmClass === 'fire')).toHaveLength(300)
    expect(fake.signals.slice(300)).toMatchObject([{ sourceId: 'dc09:flood@all', alarmClass: 'unmapped' }])
    expect(reasons().filter(reason => reason === 'strangerFlood')).toHaveLength(20)
  })

  it('make nothing of one another’s alarms less, whatever they share', async () => {
    const { fake, line } = await setup({ strangersPerMinute: 2_000 }, { known: [] })
    for (let n = 0; n < 250; n++) {
      const account = (0x10000 + n).toString(16).toUpperCase()
      await line.ask(`"ADM-CID"0001L0#${account}[#${account}|1130 01 001]`)
    }
    expect(fake.signals.map(({ qualifier }) => qualifier)).toEqual(Array(250).fill('new'))
  })

  it('an unknown account is raised within the budget of its address, then counted into one signal; all are acknowledged', async () => {
    const { fake, line } = await setup({ strangersPerMinute: 3 }, { known: [] })
    for (let n = 0; n < 8; n++)
      expect(await line.ask(`"ADM-CID"0001L0#AB0${n}[#AB0${n}|1120 01 001]`)).toMatch(/^"ACK"/)
    expect(fake.signals.map(({ sourceId }) => sourceId)).toEqual([
      'dc09:AB00',
      'dc09:AB01',
      'dc09:AB02',
      'dc09:flood@127.0.0.1'
    ])
  })

  it('a trusted line proves what it sends without encryption; others do not', async () => {
    const open = await setup()
    await open.line.ask('"ADM-CID"0001L0#1234[#1234|1120 01 001]')
    const closed = await setup({ trusted: ['127.0.0.0/8', '::1'] })
    await closed.line.ask('"ADM-CID"0001L0#1234[#1234|1120 01 001]')
    expect([open.fake.signals[0]?.verified, closed.fake.signals[0]?.verified]).toEqual([false, true])
  })

  it('silent connections that hold every place give theirs to a box, which keeps it', async () => {
    const { fake, adapter, line, reasons } = await setup({ maxConnections: 3 }, { known: ['dc09:1234'] })
    line.end()
    await line.closed
    const crowd = await silentCrowd(adapter.tcp, 3)
    const box = await rawLine(adapter.tcp)
    expect(await box.ask('"ADM-CID"0001L0#1234[#1234|1120 01 001]')).toBe('"ACK"0001L0#1234[]')
    expect(reasons()).toContain('displaced')
    const more = await silentCrowd(adapter.tcp, 3, '127.0.0.67')
    cleanups.push(crowd.end, more.end, box.end)
    expect(await box.ask('"ADM-CID"0002L0#1234[#1234|1120 01 001]')).toBe('"ACK"0002L0#1234[]')
    expect(fake.signals).toHaveLength(2)
  })

  it('connections are bounded by address, and idle ones are closed', async () => {
    const clock = createFakeClock()
    const { adapter, line, reasons } = await setup({ maxConnectionsPerAddress: 1 }, { clock })
    const second = await rawLine(adapter.tcp)
    await second.closed
    expect(reasons()).toEqual(['tooManyConnections'])
    await clock.advance(310_000)
    await line.closed
    expect(reasons()).toContain('idle')
  })
})

describe('a box of the simulator', () => {
  function panel(port: number, more: Partial<PanelOptions> = {}) {
    const box = createPanel({ host: '127.0.0.1', port, account: '12345', retryMs: 100, ...more })
    box.start()
    cleanups.push(() => box.stop())
    return box
  }

  it.each([
    ['tcp', 'hex', undefined],
    ['tcp', 'raw', KEY],
    ['udp', 'raw', undefined],
    ['udp', 'hex', '00112233445566778899AABBCCDDEEFF0011223344556677']
  ] as const)('over %s, CRC %s, key %s', async (transport, crcForm, secretKey) => {
    const { fake, adapter } = await setup({}, { credentials: secretKey ? { 'F3.77/12345': secretKey } : {} })
    const box = panel(adapter[transport], { transport, crcForm, key: secretKey, account: 'F3.77/12345' })
    await box.press()
    expect(fake.signals).toMatchObject([
      { sourceId: 'dc09:F3.77/12345', alarmClass: 'panic', verified: secretKey !== undefined }
    ])
    expect(box.status).toMatchObject({ online: true, buffered: 0 })
    expect(fake.sightings.at(-1)).toMatchObject({ state: 'online', protocol: 'dc09' })
  })

  it('keeps what was not acknowledged and sends it, once each, in order', async () => {
    const { fake, adapter } = await setup()
    fake.failing = true
    const box = panel(adapter.tcp)
    const zones = ['001', '002', '003']
    const sent = zones.map(zone => box.report('ADM-CID', `1130 01 ${zone}`))
    await until('some attempts', () => box.status.sent > 3)
    box.cut()
    fake.failing = false
    await Promise.all(sent)
    expect(fake.signals.map(({ zone }) => zone)).toEqual(zones)
  })

  it('sets its clock by the NAK', async () => {
    const { fake, adapter } = await setup({}, { credentials: { '12345': KEY } })
    const box = panel(adapter.tcp, { key: KEY, clockAheadMs: 3_600_000 })
    await box.press()
    expect(Math.abs(box.status.clockAheadMs)).toBeLessThan(60_000)
    expect(fake.signals).toHaveLength(1)
  })
})
