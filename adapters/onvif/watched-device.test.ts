/** When a device is read, given up and left alone. */
import { describe, expect, it } from 'vitest'
import { WatchedDevice } from './watched-device.ts'

const pacing = { readIntervalMs: 600_000, unauthorizedRetryMs: 1_800_000, missedProbes: 3 }
const wrong = { username: 'a', password: 'b' }
const create = () => new WatchedDevice('urn:uuid:1', '10.0.0.1', ['http://10.0.0.1/'])

describe('a watched device', () => {
  it('is read at once, then at each interval, and sooner after a Hello but not at each of a hundred', () => {
    const device = create()
    expect(device.isDue(1000, wrong)).toBe(true)
    device.readDone(1000, 'wsse', pacing)
    expect(device.isDue(600_999, wrong)).toBe(false)
    expect(device.isDue(601_000, wrong)).toBe(true)
    for (let i = 0; i < 100; i++) device.wantRead(2000)
    expect(device.isDue(10_999, wrong)).toBe(false)
    expect(device.isDue(11_000, wrong)).toBe(true)
  })

  it('backs off after failures, up to the interval', () => {
    const device = create()
    const pauses = Array.from({ length: 9 }, () => {
      device.readFailed(0, pacing)
      return device.nextReadMs / 1000
    })
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600])
  })

  it('waits twice as long after each refused login, up to a day; a Hello, an absence or another address changes nothing', () => {
    const device = create()
    const pauses = Array.from({ length: 8 }, () => {
      device.loginRefused(0, wrong, pacing)
      device.goOffline()
      device.heardFrom('10.0.0.2', ['http://10.0.0.2/'], 0, true)
      expect(device.isDue(device.nextReadMs - 1, wrong)).toBe(false)
      return device.nextReadMs / 3_600_000
    })
    expect(pauses).toEqual([0.5, 1, 2, 4, 8, 16, 24, 24])
    expect(device.isDue(0, { username: 'a', password: 'c' })).toBe(true)
    expect(device.isDue(0, undefined)).toBe(true)
  })

  it('stays where it answers, whoever answers or says Hello elsewhere, and follows when its address has fallen silent', () => {
    const device = create()
    device.readDone(0, 'wsse', pacing)
    const [home, other] = ['10.0.0.1', '10.0.0.2']
    const hear = (address: string, hello = false) => device.heardFrom(address, [`http://${address}/`], 20_000, hello)
    for (let round = 0; round < 5; round++) {
      expect(hear(other, round % 2 === 0)).toBe(false)
      // Home is not heard by multicast in the odd rounds; asked over HTTP it answers.
      if (round % 2 === 0) expect(hear(home)).toBe(true)
      expect(device.heard).toBe(round % 2 === 0)
      device.endRound(true, pacing)
    }
    device.goOffline()
    expect(hear(other, true)).toBe(false)
    expect([device.address, device.urls]).toEqual([home, ['http://10.0.0.1/']])
    expect(device.isDue(20_000, wrong)).toBe(false)
    for (let round = 0; round < pacing.missedProbes; round++) {
      expect(hear(other, true)).toBe(false)
      device.endRound(false, pacing)
    }
    expect(hear(other)).toBe(true)
    expect(device.address).toBe(other)
    expect(device.isDue(20_000, wrong)).toBe(true)
    device.readDone(20_000, 'wsse', pacing)
    expect(hear(home, true)).toBe(false)
    expect(device.address).toBe(other)
  })

  it('goes offline once, after as many missed rounds as set', () => {
    const device = create()
    expect([false, false, false, false].map(alive => device.endRound(alive, pacing))).toEqual([
      false,
      false,
      true,
      false
    ])
    device.present = true
    expect([true, false, false, true, false].map(alive => device.endRound(alive, pacing))).toEqual([
      false,
      false,
      false,
      false,
      false
    ])
  })
})
