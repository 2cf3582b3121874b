/** Speed and direction of a vehicle with an alarm: eight winds, none while it stands. */
import type { TFunction } from 'i18next'
import { expect, it } from 'vitest'
import { drivingText, windOf } from './driving-text.ts'

const t = ((key: string, values?: { readonly age?: string; readonly span?: string }) =>
  values?.age === undefined ? key.replace(/^words:driving\./, '') : key) as unknown as TFunction

it.each([
  [0, 'n'],
  [22, 'n'],
  [23, 'ne'],
  [90, 'e'],
  [180, 's'],
  [271, 'w'],
  [337, 'nw'],
  [338, 'n'],
  [360, 'n'],
  [-90, 'w']
])('%i degrees is %s', (degrees, wind) => expect(windOf(degrees)).toBe(wind))

it.each([
  ['drives', { speedKmh: 31.4, headingDeg: 92 }, '31 km/h · e · words:driving.age'],
  ['stands, whatever direction its receiver says', { speedKmh: 2, headingDeg: 92 }, 'stands · words:driving.age'],
  ['tells a place alone', {}, 'words:driving.age'],
  ['tells no direction', { speedKmh: 40 }, '40 km/h · words:driving.age']
])('one that %s', (_, position, text) => expect(drivingText({ ...position, atMs: 1_000 }, 4_000, t)).toBe(text))
