/** The control bar of a clip: play, 5 s, frames, scrubber, speed, and the actual time of the picture. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../session.tsx'
import { clockText, countText } from '../ui/time.ts'
import type { ClipControl, ClipKey } from './clip-control.ts'

const PATHS: Readonly<Record<'play' | 'pause' | 'back5' | 'forward5' | 'frameBack' | 'frameForward', ReactNode>> = {
  play: <path d="M7 4.5v13l10.5-6.5z" fill="currentColor" />,
  pause: <path d="M6.5 5v12M15.5 5v12" strokeWidth="3" />,
  back5: <path d="M10.5 5.5 5 11l5.5 5.5M17 5.5 11.5 11l5.5 5.5" />,
  forward5: <path d="M11.5 5.5 17 11l-5.5 5.5M5 5.5l5.5 5.5L5 16.5" />,
  frameBack: <path d="M6 5v12M16 5.5 10 11l6 5.5z" />,
  frameForward: <path d="M16 5v12M6 5.5 12 11l-6 5.5z" />
}

export function ClipBar({
  control,
  startMs
}: {
  readonly control: ClipControl
  readonly startMs?: number | undefined
}) {
  const { t } = useTranslation()
  const { site } = useSession()
  const at = control.time * 1_000
  const time = startMs === undefined ? countText(at) : clockText(startMs + at, site?.timeZone ?? 'Asia/Shanghai')
  const button = (key: ClipKey, icon: keyof typeof PATHS) => (
    <button
      type="button"
      aria-label={t(`wall:player.act.${icon}`)}
      title={t(`wall:player.act.${icon}`)}
      onClick={() => control.act(key)}
    >
      <svg
        width="18"
        height="18"
        viewBox="0 0 22 22"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        aria-hidden="true"
      >
        {PATHS[icon]}
      </svg>
    </button>
  )
  return (
    <div className="clip-bar">
      {button('toggle', control.playing ? 'pause' : 'play')}
      {button('back5', 'back5')}
      {button('forward5', 'forward5')}
      {button('frameBack', 'frameBack')}
      {button('frameForward', 'frameForward')}
      <input
        type="range"
        min={0}
        max={control.duration}
        step={0.04}
        value={Math.min(control.time, control.duration)}
        aria-label={t('wall:player.position')}
        aria-valuetext={time}
        onChange={event => control.seek(Number(event.target.value))}
      />
      <button type="button" className="n" title={t('wall:player.act.speed')} onClick={() => control.act('speed')}>
        {control.speed}×
      </button>
      <time className="n">{time}</time>
    </div>
  )
}
