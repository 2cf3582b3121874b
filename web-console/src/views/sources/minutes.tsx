/** For how long: minutes and hours to choose from, none longer than may be. */
import { useTranslation } from 'react-i18next'

const MINUTE_MS = 60_000
/** Proposed where it is not too long. */
const USUAL_MIN = 30

export const proposedMinutes = (maxMs: number): number => Math.min(USUAL_MIN, maxMs / MINUTE_MS)

export interface MinutesProps {
  readonly name: string
  readonly of: readonly number[]
  readonly maxMs: number
  readonly value: number
  readonly onChange: (minutes: number) => void
}

export function Minutes({ name, of, maxMs, value, onChange }: MinutesProps) {
  const { t } = useTranslation()
  const lengths = [...new Set([value, ...of])].filter(n => n * MINUTE_MS <= maxMs).sort((a, b) => a - b)
  return (
    <select value={value} aria-label={name} onChange={event => onChange(Number(event.target.value))}>
      {lengths.map(n => (
        <option key={n} value={n}>
          {n < 60 ? t('sources:test.minutes', { n }) : t('sources:test.hours', { n: n / 60 })}
        </option>
      ))}
    </select>
  )
}
