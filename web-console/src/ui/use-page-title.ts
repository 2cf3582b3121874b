/** The browser's tab names the page, in the language of the screen: windows of one desk are told apart by it. */
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { pageWord } from './page-links.tsx'

/** These say how many wait, too, and name themselves. */
const OWN: ReadonlySet<string> = new Set(['/', '/queue', '/incident'])

/** `undefined`: nobody is logged in. */
export function usePageTitle(path: string | undefined): void {
  const { t } = useTranslation()
  const product = t('common:product')
  const title = path === undefined ? product : `${t([pageWord(path), 'common:product'])} · ${product}`
  useEffect(() => {
    if (path === undefined || !OWN.has(path)) document.title = title
  }, [path, title])
}
