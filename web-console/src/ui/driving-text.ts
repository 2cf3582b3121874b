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

/** How fast and which way; empty where it does not tell. */
export function motionText({ speedKmh, headingDeg }: Pick<Position, 'speedKmh' | 'headingDeg'>, t: TFunction): string {
  const stands = speedKmh !== undefined && speedKmh < STANDS_KMH
  return [
    ...(stands ? [t('words:driving.stands')] : speedKmh === undefined ? [] : [`${Math.round(speedKmh)} km/h`]),
    ...(stands || headingDeg === undefined ? [] : [t(`words:driving.${windOf(headingDeg)}`)])
  ].join(' · ')
}

export function drivingText(
  told: Pick<Position, 'speedKmh' | 'headingDeg' | 'atMs'>,
  nowMs: number,
  t: TFunction
): string {
  const age = t('words:driving.age', { age: agoText(Math.max(0, nowMs - told.atMs), t) })
  return [motionText(told, t), age].filter(Boolean).join(' · ')
}
