/** How a vehicle drives, in words: speed, direction, and how old that is. */
import type { TFunction } from 'i18next'
import type { Position } from '../../../gateway/core/geo.ts'
import { agoText } from './time.ts'

/** Slower than this a receiver only trembles, and its direction means nothing. */
const STANDS_KMH = 3
const WINDS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const

export function windOf(headingDeg: number): (typeof WINDS)[number] {
  const eighth = Math.round(headingDeg / 45) % WINDS.length
  return WINDS[eighth < 0 ? eighth + WINDS.length : eighth] ?? 'n'
}

export function drivingText(
  { speedKmh, headingDeg, atMs }: Pick<Position, 'speedKmh' | 'headingDeg' | 'atMs'>,
  nowMs: number,
  t: TFunction
): string {
  const stands = speedKmh !== undefined && speedKmh < STANDS_KMH
  const how = [
    ...(stands ? [t('words:driving.stands')] : speedKmh === undefined ? [] : [`${Math.round(speedKmh)} km/h`]),
    ...(stands || headingDeg === undefined ? [] : [t(`words:driving.${windOf(headingDeg)}`)])
  ]
  return [...how, t('words:driving.age', { age: agoText(Math.max(0, nowMs - atMs), t) })].join(' · ')
}
