/** Orders that go out by themselves in a storm: alarms first, photos at a bounded rate, each answer to its own order. */

import { Default } from 'typebox/value'
import { expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import type { Location } from '../kit/vehicle-press.ts'
import type { Arrival } from '../kit/vehicles.ts'
import type { Jt808Config } from './config.ts'
import { jt808Config } from './config.ts'
import { createOrders } from './orders.ts'

const VEHICLES = 100
const PHOTO = 0x8801

it('photos are asked of forty vehicles at once and twenty a second more; positions of all; an answer ends its own order only', async () => {
  const clock = createFakeClock()
  const { host } = createFakeHost({ clock })
  const orders = createOrders(host, Default(jt808Config, {}) as Jt808Config)
  const sent: { readonly phone: string; readonly messageId: number }[] = []
  const vehicles = Array.from({ length: VEHICLES }, (_, n) => {
    const phone = String(n).padStart(12, '0')
    let serial = 0
    const link = {
      ...{ origin: `tcp 10.0.0.1:${n}`, address: '10.0.0.1' },
      send(messageId: number) {
        sent.push({ phone, messageId })
        serial += 1
        return serial
      }
    }
    const arrival: Arrival = {
      ...{ phone, link, verified: true, by: 'code', serial: 1, receivedMs: clock.now(), raw: Buffer.alloc(0) }
    }
    return { phone, link, arrival }
  })
  const reportAll = () => {
    for (const { arrival } of vehicles) orders.reported(arrival, { emergency: true } as Location)
  }
  const photos = () => sent.filter(order => order.messageId === PHOTO).length
  reportAll()
  expect(sent).toHaveLength(VEHICLES + 40)
  // The first order of the first vehicle alone is answered: with the next report no other is taken for answered.
  orders.answered(vehicles[0]?.link as Arrival['link'], { serial: 1, id: 0x8202, result: 0 })
  await clock.advance(1_000)
  reportAll()
  expect(photos()).toBe(60)
  await clock.advance(2_000)
  reportAll()
  expect(photos()).toBe(100)
  expect(new Set(sent.filter(order => order.messageId === PHOTO).map(order => order.phone)).size).toBe(VEHICLES)
  await clock.advance(15_001)
  sent.length = 0
  reportAll()
  expect(sent.filter(order => order.messageId !== PHOTO)).toHaveLength(VEHICLES - 1)
  orders.close()
})
