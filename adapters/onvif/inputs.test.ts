/** When a state of an input is a press: held buttons, devices that never say off, restarts; by a clock of the test's own. */
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { Inputs } from './inputs.ts'

const FROM = { endpoint: 'urn:uuid:1', origin: 'tcp 10.0.0.1:80', verified: true, clockOffsetMs: 8 * 3_600_000 }
const MESSAGE = {
  topic: 'Device/Trigger/DigitalInput',
  operation: 'changed',
  source: new Map(),
  data: new Map()
} as const

function scene() {
  const clock = createFakeClock(1_700_000_000_000)
  const fake = createFakeHost({ clock })
  const start = () => new Inputs(fake.host, new AbortController().signal)
  let inputs = start()
  return {
    ...{ clock, fake },
    restart: () => {
      inputs = start()
    },
    say: (active: boolean | undefined, initial = false, value?: string) =>
      inputs.take(
        FROM,
        { kind: 'input', input: 'in', active, initial, value, deviceTimeMs: clock.now() + FROM.clockOffsetMs },
        MESSAGE
      ),
    said: () => fake.signals.map(signal => signal.qualifier)
  }
}

describe('inputs', () => {
  it('a button that is held and repeated is one press; without off the next press counts after ten quiet seconds', async () => {
    const { say, said, clock } = scene()
    await say(true)
    for (let n = 0; n < 5; n++) {
      await clock.advance(9_000)
      await say(true)
    }
    expect(said()).toEqual(['new'])
    await clock.advance(10_000)
    await say(true)
    expect(said()).toEqual(['new', 'new'])
  })

  it('a state told again is no second press, whenever it is told; an off that was never on is nothing', async () => {
    const { say, said, clock } = scene()
    await say(false, true)
    await say(false)
    await say(true)
    await clock.advance(3_600_000)
    await say(true, true)
    expect(said()).toEqual(['new'])
  })

  it('what was active before a restart is known after it; what became active raises, as a state without a time', async () => {
    const { say, said, restart, fake, clock } = scene()
    await say(true)
    // By our clock, whatever the device's shows.
    expect(fake.signals[0]?.deviceTimeMs).toBe(clock.now())
    restart()
    await say(true, true)
    expect(said()).toEqual(['new'])
    await say(false, true)
    restart()
    await say(true, true)
    expect(said()).toEqual(['new', 'restore', 'new'])
    expect(fake.signals[2]?.deviceTimeMs).toBeUndefined()
  })

  it('a change in words that we do not know is a press that says so, such a state is nothing', async () => {
    const { say, said, fake } = scene()
    await say(undefined, true, 'zu')
    await say(undefined, false, 'auf')
    expect(said()).toEqual(['new'])
    expect(fake.signals[0]?.text).toBe('auf')
    expect(fake.rejections.map(each => each.reason)).toEqual(['inputUnreadable', 'inputUnreadable'])
  })
})
