/** What a digit does inside a call: journaled first, confirmed aloud after it; duress gives no sign. */
import { describe, expect, it } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { SipConfig } from './config.ts'
import { header, type SipMessage } from './frame.ts'
import { createBench, requestText } from './testing.ts'

const PORT = 5062
const ROUND = 'say help-coming.zh menu.zh'
const RECEIVED = 'say received.zh'

function toOf(message: SipMessage | undefined): string {
  return (message && header(message, 'to')) ?? 'none'
}

async function talking(settings: Partial<SipConfig> = {}, uri = 'sip:#9@127.0.0.1') {
  const bench = createBench(settings)
  await bench.receive(requestText(PORT, { uri }))
  await bench.clock.advance(20)
  const to = toOf(bench.last(200))
  await bench.receive(requestText(PORT, { method: 'ACK', to, branch: 'z9hG4bKack' }))
  let cseq = 1
  const info = (body: string, type = 'application/dtmf') => {
    cseq++
    const extra = [`Content-Type: ${type}`]
    return bench.receive(requestText(PORT, { method: 'INFO', to, cseq, branch: `z9hG4bK${cseq}`, body, extra }))
  }
  const press = async (digit: string) => {
    bench.heard.at(-1)?.digit({ digit, way: 'event' })
    await bench.clock.advance(0)
  }
  return { ...bench, to, info, press, said: () => bench.voice.filter(v => v === RECEIVED) }
}

describe('a digit', () => {
  it('is a further signal of the same source, then confirmed', async () => {
    const { press, fake, said } = await talking()
    await press('2')
    expect(fake.signals).toMatchObject([
      { sourceId: 'sip:6650147', alarmClass: 'panic', eventId: 'call-1' },
      {
        sourceId: 'sip:6650147',
        alarmClass: 'medical',
        eventId: 'call-1+2',
        qualifier: 'new',
        condition: 'alarm',
        digit: '2'
      }
    ])
    expect(said()).toEqual([RECEIVED])
  })

  it('is answered in place of the prompts, which begin anew after it', async () => {
    const { press, voice, heard } = await talking()
    expect(voice.filter(v => v.startsWith('say'))).toEqual([ROUND])
    heard.at(-1)?.spoken()
    await press('2')
    for (let i = 0; i < 2; i++) heard.at(-1)?.spoken()
    expect(voice.filter(v => v.startsWith('say'))).toEqual([ROUND, RECEIVED, ROUND])
  })

  it('pressed again is confirmed again and is one signal; one without meaning is nothing', async () => {
    const { press, fake, said } = await talking()
    for (const digit of ['1', '1', '5', '#']) await press(digit)
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'panic'])
    expect(said()).toEqual([RECEIVED, RECEIVED])
  })

  it('is not confirmed before it is durable', async () => {
    const { press, fake, said, clock } = await talking()
    let open = () => {}
    fake.gate = new Promise(resolve => {
      open = resolve
    })
    await press('3')
    expect(said()).toEqual([])
    open()
    await clock.advance(0)
    expect(said()).toEqual([RECEIVED])
  })

  it('that could not be stored is stored later by itself, and confirmed then', async () => {
    const { press, fake, said, clock } = await talking()
    fake.failing = true
    await press('3')
    await clock.advance(2_000)
    expect([fake.signals.length, said()]).toEqual([1, []])
    fake.failing = false
    await clock.advance(2_000)
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'fire'])
    expect(said()).toEqual([RECEIVED])
  })

  it('after the call is nothing', async () => {
    const { press, receive, to, fake } = await talking()
    await receive(requestText(PORT, { method: 'BYE', to, cseq: 9, branch: 'z9hG4bKbye' }))
    await press('2')
    expect(fake.signals).toHaveLength(1)
  })
})

describe('the digit of duress', () => {
  it('is journaled and gives no sign: nothing is said, no packet leaves, the prompt is not touched', async () => {
    const { press, fake, voice, sent } = await talking()
    const before = [voice.length, sent.length]
    await press('9')
    expect(fake.signals.at(-1)).toMatchObject({ alarmClass: 'duress', eventId: 'call-1+9' })
    expect([voice.length, sent.length]).toEqual(before)
  })

  it('silences what comes after it, too, but not the journal', async () => {
    const { press, fake, said } = await talking()
    for (const digit of ['9', '2', '9']) await press(digit)
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'duress', 'medical'])
    expect(said()).toEqual([])
  })

  it('is another one where the municipality says so', async () => {
    const { press, fake, said } = await talking({ digits: [{ digit: '7', raises: 'duress' }] })
    for (const digit of ['9', '1', '7']) await press(digit)
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'duress'])
    expect(said()).toEqual([])
  })
})

describe('a call that begins under duress', () => {
  const PHONE = 'sip:6650147'

  it('hears the usual prompt; its keys are journaled and not answered, and no unit is told of', async () => {
    const { uas, press, fake, voice, receive, clock, last } = await talking()
    uas.hush(id<SourceId>(PHONE))
    fake.hushed.add(PHONE)
    const again = { callId: 'two', cseq: 1 }
    await receive(requestText(PORT, { ...again, branch: 'z9hG4bKtwo' }))
    await clock.advance(20)
    await receive(requestText(PORT, { ...again, method: 'ACK', to: toOf(last(200)), branch: 'z9hG4bKtwoack' }))
    await press('1')
    expect(fake.signals.at(-1)).toMatchObject({ digit: '1', alarmClass: 'panic' })
    expect(await uas.unitComing(id<SourceId>(PHONE))).toBe(false)
    expect(voice.filter(v => v.startsWith('say'))).toEqual([ROUND, ROUND])
  })

  it('goes on in silence when another telephone told of it meanwhile, to its end', async () => {
    const { uas, press, fake, said } = await talking()
    await press('1')
    expect(said()).toEqual([RECEIVED])
    fake.hushed.add(PHONE)
    await press('2')
    fake.hushed.delete(PHONE)
    await press('3')
    expect(await uas.unitComing(id<SourceId>(PHONE))).toBe(false)
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'panic', 'medical', 'fire'])
    expect(said()).toEqual([RECEIVED])
  })
})

describe('a test call', () => {
  const TEST = 'say test-call.zh'

  it('is logged as a test and has its own answer', async () => {
    const { fake, voice } = await talking({}, 'sip:*1230412@127.0.0.1')
    expect(fake.signals).toMatchObject([
      {
        sourceId: 'sip:6650147',
        condition: 'test',
        qualifier: 'status',
        text: '试拨; 网格员 0412',
        textEn: 'Test call; grid worker 0412'
      }
    ])
    expect(voice).toEqual([TEST, 'speak alaw 4000'])
  })

  it('its keys are answered and are tests as well, whatever they mean elsewhere', async () => {
    const { fake, press, said } = await talking({}, 'sip:*123@127.0.0.1')
    for (const digit of ['2', '9']) await press(digit)
    expect(fake.signals.map(s => `${s.condition} ${s.alarmClass}`)).toEqual(['test panic', 'test panic', 'test panic'])
    expect(said()).toEqual([RECEIVED])
  })

  it('then the emergency number is an alarm all the same', async () => {
    const { fake, receive } = await talking({}, 'sip:*123@127.0.0.1')
    await receive(requestText(PORT, { callId: 'second', branch: 'z9hG4bKsecond' }))
    expect(fake.signals.map(s => s.condition)).toEqual(['test', 'alarm'])
  })
})

describe('INFO', () => {
  it('is answered after its digit is durable; with 503 when it is not', async () => {
    const { info, fake, spoken, said } = await talking()
    await info('Signal=2\r\nDuration=100', 'application/dtmf-relay')
    expect(spoken().at(-1)).toBe(200)
    expect(said()).toEqual([RECEIVED])
    fake.failing = true
    await info('3')
    expect(spoken().at(-1)).toBe(503)
    expect(fake.signals).toHaveLength(2)
  })

  it('with another body is refused, without one answered, outside a call unknown', async () => {
    const { info, spoken, last, receive } = await talking()
    await info('<x/>', 'application/xml')
    expect(spoken().at(-1)).toBe(415)
    const refusal = last(415)
    expect(refusal && header(refusal, 'accept')).toContain('application/dtmf-relay')
    await info('')
    expect(spoken().at(-1)).toBe(200)
    await receive(requestText(PORT, { method: 'INFO', to: '<sip:#9@x>;tag=no', callId: 'other', branch: 'z9hG4bKx' }))
    expect(spoken().at(-1)).toBe(481)
  })

  it('repeated is answered again and is no second press', async () => {
    const { to, receive, spoken, said } = await talking()
    const extra = ['Content-Type: application/dtmf']
    const text = requestText(PORT, { method: 'INFO', to, cseq: 2, branch: 'z9hG4bKsame', body: '2', extra })
    await receive(text)
    await receive(text)
    expect(spoken().slice(-2)).toEqual([200, 200])
    expect(said()).toEqual([RECEIVED])
  })
})

describe('a unit on its way', () => {
  const phone = id<SourceId>('sip:6650147')
  const COMING = 'say on-the-way.zh'
  const says = (voice: readonly string[]) => voice.filter(v => v.startsWith('say'))

  it('is said once to the caller, then the prompts go on', async () => {
    const { uas, voice, heard } = await talking()
    expect(await uas.unitComing(phone)).toBe(true)
    heard.at(-1)?.spoken()
    expect(await uas.unitComing(phone)).toBe(false)
    expect(says(voice)).toEqual([ROUND, COMING, ROUND])
  })

  it('is said at the answer to a call that still rings; false when it ends before', async () => {
    const { uas, voice, receive, clock } = createBench({ ringMs: 1_000 })
    await receive(requestText(PORT))
    const told = uas.unitComing(phone)
    await clock.advance(1_000)
    expect(await told).toBe(true)
    expect(says(voice)).toEqual([ROUND, COMING])

    await receive(requestText(PORT, { callId: 'two', branch: 'z9hG4bKtwo' }))
    const late = uas.unitComing(phone)
    await receive(requestText(PORT, { callId: 'two', branch: 'z9hG4bKtwo', method: 'CANCEL' }))
    expect(await late).toBe(false)
  })

  it('nothing new is said once the operator has marked duress, whatever is pressed', async () => {
    const { uas, press, voice } = await talking()
    uas.hush(phone)
    expect(await uas.unitComing(phone)).toBe(false)
    await press('1')
    expect(says(voice)).toEqual([ROUND])
  })

  it('is not said after the digit of duress, nor to another number', async () => {
    const { uas, press, voice } = await talking()
    expect(await uas.unitComing(id<SourceId>('sip:6650148'))).toBe(false)
    await press('9')
    expect(await uas.unitComing(phone)).toBe(false)
    expect(says(voice)).toEqual([ROUND])
  })
})
