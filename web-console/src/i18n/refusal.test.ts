/** What a refusal says beside its code. */
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import { Refusal } from '../wire/api.ts'
import { refusalText } from './refusal.ts'
import * as zh from './zh/index.ts'

beforeAll(async () => {
  await i18next.init({ lng: 'zh-CN', resources: { 'zh-CN': zh }, ns: Object.keys(zh) })
})

it('says which seat was quicker, where it is known', () => {
  const said = (detail: Record<string, number>) => refusalText(new Refusal('NOT_OWNER', 409, '', detail), i18next.t)
  expect(said({ seat: 4 })).toBe('4 席已接，可由班长接管')
  expect(said({})).toBe('别的席位已接，可由班长接管')
})
