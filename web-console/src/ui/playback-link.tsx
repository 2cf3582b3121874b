/** 回放: opens the recordings of cameras at a time, in a window of its own beside the floor; an incident opens what lies around it. */
import { useTranslation } from 'react-i18next'
import { type PlaybackLink as Link, playbackPath } from '../views/playback/link.ts'

export function PlaybackLink(props: Link) {
  const { t } = useTranslation()
  return (
    <a className="link nw" href={playbackPath(props)} target="pingan-playback" title={t('common:playbackHelp')}>
      {t('common:page.playback')}
    </a>
  )
}
