/** Where a tour stands: 轮巡 3/8 · 车站片 ◔ 7 s; paused it says so instead of counting. */
import { useTranslation } from 'react-i18next'
import type { Runner } from './tours.ts'

export interface TourWordProps {
  readonly name: string | undefined
  readonly runner: Runner
  readonly steps: number
  readonly dwellS: number
  readonly held: boolean
}

export function TourWord({ name, runner, steps, dwellS, held }: TourWordProps) {
  const { t } = useTranslation()
  const left = Math.min(dwellS, Math.max(0, runner.leftS))
  const style = { '--left': `${(left / dwellS) * 100}%` } as React.CSSProperties
  return (
    <span className="tile-tag tour-word">
      <span className="el">
        {t('wall:tourAt', { n: steps === 0 ? 0 : (runner.step % steps) + 1, of: steps })}
        {name !== undefined && ` · ${name}`}
      </span>
      {held ? (
        <span className="nw">{t('wall:tourHeld')}</span>
      ) : (
        steps > 1 && (
          <>
            <i className="tour-ring" style={style} aria-hidden="true" />
            <span className="n">{Math.ceil(left)} s</span>
          </>
        )
      )}
    </span>
  )
}
