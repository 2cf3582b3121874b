/** 回放: opens the recordings of cameras at a time, in a window of its own beside the floor; an incident opens what lies around it. */
import { useTranslation } from 'react-i18next'
import { type PlaybackLink as Link, playbackPath } from '../views/playback/link.ts'
import { Key } from './parts.tsx'

export interface PlaybackLinkProps extends Link {
  /** Of the key that does the same on this page. */
  readonly keyCap?: string
  /** Instead of the page's name. */
  readonly words?: string
}

const WINDOW = 'pingan-playback'
/** Whoever sees something wants to see how it came about. */
export const JUST_NOW_MS = 30_000

export function PlaybackLink({ keyCap, words, ...link }: PlaybackLinkProps) {
  const { t } = useTranslation()
  return (
    <a
      className="link nw"
      href={playbackPath(link)}
      target={WINDOW}
      title={t('common:playbackHelp')}
      aria-keyshortcuts={keyCap}
    >
      {keyCap && (
        <>
          <Key>{keyCap}</Key>{' '}
        </>
      )}
      {words ??
        (link.agoMs === undefined ? t('common:page.playback') : t('common:playbackAgo', { n: link.agoMs / 1_000 }))}
    </a>
  )
}

/** The same by key. */
export function openPlayback(link: Link): void {
  window.open(playbackPath(link), WINDOW)
}
