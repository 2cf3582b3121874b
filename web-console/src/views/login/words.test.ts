/** What the log-in says of seats and of the gateway, before anybody is known to it. */
import i18next from 'i18next'
import { expect, it } from 'vitest'
import type { SiteInfo } from '../../../../gateway/core/wire.ts'
import * as en from '../../i18n/en/index.ts'
import * as zh from '../../i18n/zh/index.ts'
import { gatewayWord } from './use-gateway.ts'

it('says one taken seat as one, and names everybody who chooses none', async () => {
  const words = i18next.createInstance()
  await words.init({ lng: 'en', resources: { en }, ns: Object.keys(en) })
  const said = (...seats: number[]) => words.t('common:login.taken', { count: seats.length, seats: seats.join(', ') })
  expect([said(1), said(1, 2)]).toEqual(['Seat 1 is taken. ', 'Seats 1, 2 are taken. '])
  expect(words.t('common:login.noSeat')).toContain('auditors')
})

it('calls no gateway ready that can store nothing', () => {
  const word = (stores: boolean, answers = true) => gatewayWord({ site: { stores } as SiteInfo, answers })
  expect([word(true), word(false), word(true, false)]).toEqual(['gatewayOk', 'gatewayFull', 'gatewaySilent'])
  expect(gatewayWord({ site: undefined, answers: true })).toBe('gatewaySilent')
  expect(zh.common.login.gatewayFull).toContain('报警')
})
