/** The alarm from the loudspeaker, calls in the headset; a device that is gone is said, never silence. */
import { expect, it } from 'vitest'
import { createOutputs, deviceOf, type OutputDevice } from './outputs.ts'

const SPEAKER: OutputDevice = { deviceId: 's', label: '音箱' }
const HEADSET: OutputDevice = { deviceId: 'h', label: '耳机' }

function machine(plugged: OutputDevice[] = [SPEAKER, HEADSET]) {
  const kept = new Map<string, string>()
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value)
  }
  const media = {
    enumerateDevices: async () =>
      [{ deviceId: 'default', label: '系统' }, ...plugged].map(each => ({
        ...{ ...each, kind: 'audiooutput' as const, groupId: '' },
        toJSON: () => each
      }))
  }
  return { kept, plugged, store, open: () => createOutputs({ store, media }) }
}

/** An AudioContext as Chromium 156 has it: one that is moved a second time, wherever to, is suspended. */
function sink(refuses: (id: string) => boolean = () => false) {
  const at: string[] = []
  return {
    at,
    state: 'running',
    async setSinkId(id: string) {
      if (refuses(id)) throw new Error('NotFoundError')
      at.push(id)
      if (at.length > 1) this.state = 'suspended'
    },
    async resume() {
      this.state = 'running'
    }
  }
}

it('each use has its device, remembered for the next page of this browser', async () => {
  const { open } = machine()
  const first = open()
  await first.look()
  expect(first.get().devices).toEqual([SPEAKER, HEADSET])
  first.choose('alarm', SPEAKER)
  first.choose('call', HEADSET)
  const second = open()
  const [alarm, call] = [sink(), sink()]
  second.attach('alarm', alarm)
  second.attach('call', call)
  await second.look()
  expect([alarm.at.at(-1), call.at.at(-1), second.get().gone]).toEqual(['s', 'h', []])
  second.choose('call', undefined)
  expect(call.at.at(-1)).toBe('')
})

it('a headset that is pulled out is said, its call goes on from the system; plugged in again it is used again', async () => {
  const { open, plugged } = machine()
  const outputs = open()
  await outputs.look()
  outputs.choose('call', HEADSET)
  const [call, alarm] = [sink(), sink()]
  outputs.attach('call', call)
  outputs.attach('alarm', alarm)
  let told = 0
  const leave = outputs.subscribe(() => void told++)
  plugged.pop()
  await outputs.look()
  expect([call.at.at(-1), outputs.get().gone, told]).toEqual(['', ['call'], 1])
  plugged.push({ ...HEADSET, deviceId: 'h2' })
  await outputs.look()
  expect([call.at.at(-1), outputs.get().gone]).toEqual(['h2', []])
  leave()
  expect(call.state).toBe('running')
  // What nobody chose a device for is never touched.
  expect(alarm.at).toEqual([])
})

it('the only device that is pulled out is said before anything sounds; a browser that may not name any says nothing', async () => {
  const { open, plugged } = machine([SPEAKER])
  const outputs = open()
  await outputs.look()
  outputs.choose('alarm', SPEAKER)
  plugged.pop()
  await outputs.look()
  expect(outputs.get().gone).toEqual(['alarm'])
  plugged.push({ deviceId: '', label: '' })
  await outputs.look()
  expect(outputs.get().gone).toEqual([])
})

it('of two devices with one name the list shows the one that was chosen', () => {
  const [left, right] = [HEADSET, { ...HEADSET, deviceId: 'h2' }]
  expect(deviceOf([left, right], right)).toBe(right)
  expect(deviceOf([SPEAKER, left], { ...HEADSET, deviceId: 'of before' })).toBe(left)
  expect(deviceOf([SPEAKER], HEADSET)).toBeUndefined()
})

it('whatever is moved sounds on', async () => {
  const { open } = machine()
  const outputs = open()
  await outputs.look()
  const alarm = sink()
  outputs.attach('alarm', alarm)
  for (const device of [SPEAKER, HEADSET, undefined, SPEAKER]) {
    outputs.choose('alarm', device)
    await expect.poll(() => alarm.state).toBe('running')
  }
  expect(alarm.at).toEqual(['s', 'h', '', 's'])
})

it('a device that the browser will not open is gone too, until devices change', async () => {
  const { open } = machine([])
  const outputs = open()
  outputs.choose('alarm', SPEAKER)
  const alarm = sink(id => id === 's')
  outputs.attach('alarm', alarm)
  await expect.poll(() => alarm.at).toEqual([''])
  expect(outputs.get().gone).toEqual(['alarm'])
  outputs.choose('alarm', undefined)
  expect(outputs.get().gone).toEqual([])
})

it('an ended sink is left alone, and nonsense that was kept is no choice', async () => {
  const { kept, open } = machine()
  for (const text of ['[', '7', 'null', '{"alarm":{"deviceId":1}}', '{"alarm":null}']) {
    kept.set('pingan.outputs', text)
    expect(open().get().choices).toEqual({})
  }
  const outputs = open()
  const over = sink()
  outputs.attach('alarm', over)()
  await outputs.look()
  expect(over.at).toEqual([])
  // A browser without the choice.
  outputs.attach('call', {})
  await outputs.look()
})

it('a call is spoken into the headset that it is heard in, and into the system\u2019s microphone where that is not known', async () => {
  const { store } = machine()
  const all = [
    ['default', '系统', 'audiooutput', 'desk'],
    ['s', '音箱', 'audiooutput', 'desk'],
    ['h', '耳机', 'audiooutput', 'usb'],
    ['default', '系统', 'audioinput', 'usb'],
    ['m', '摄像头', 'audioinput', 'desk'],
    ['hm', '耳机', 'audioinput', 'usb']
  ] as const
  let plugged = all.map(([deviceId, label, kind, groupId]) => {
    const device = { deviceId, label, kind, groupId }
    return { ...device, toJSON: () => device }
  })
  const outputs = createOutputs({ store, media: { enumerateDevices: async () => plugged } })
  await outputs.look()
  expect(outputs.microphone()).toBeUndefined()
  outputs.choose('call', HEADSET)
  expect(outputs.microphone()).toBe('hm')
  outputs.choose('call', SPEAKER)
  expect(outputs.microphone()).toBe('m')
  outputs.choose('call', HEADSET)
  plugged = plugged.filter(({ groupId }) => groupId !== 'usb')
  await outputs.look()
  expect(outputs.microphone()).toBeUndefined()
})
