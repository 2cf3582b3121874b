/** ⇧I: the windows of this seat, each on its digit; where one stood is remembered and I opens it there again, until it is forgotten. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { pageWord } from '../../../ui/page-links.tsx'
import { Button } from '../../../ui/parts.tsx'
import { useWindows } from '../../../windows/use-windows.ts'
import { useFloor } from '../floor-context.tsx'
import { DigitMenu } from './digit-menu.tsx'

export function WindowsMenu() {
  const { t } = useTranslation()
  const { user } = useFloor()
  const { open, layout, paths, show, forget } = useWindows(user)
  const [held, setHeld] = useState(false)
  const stateOf = (path: (typeof paths)[number]) =>
    open.has(path) ? t('floor:windows.isOpen') : layout[path] ? t('floor:windows.kept') : ''
  return (
    <>
      <DigitMenu
        choices={paths.map(path => ({
          label: [t(pageWord(path)), stateOf(path)].filter(Boolean).join(' · '),
          current: open.has(path),
          choose: () => setHeld(!show(path))
        }))}
      />
      <p className={held ? 't-amb windows-said' : 'm windows-said'} role="status">
        {t(held ? 'floor:windows.held' : 'floor:windows.help', { n: 1 })}
      </p>
      <div className="row g8">
        <Screens />
        {paths
          .filter(path => layout[path] && !open.has(path))
          .map(path => (
            <Button key={path} className="small" onClick={() => forget(path)}>
              {t('floor:windows.forget', { name: t(pageWord(path)) })}
            </Button>
          ))}
      </div>
    </>
  )
}

/** Chromium puts a window on another monitor only where that was allowed once. */
function Screens() {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  useEffect(() => {
    if (!('getScreenDetails' in window)) return
    const name = 'window-management' as PermissionName
    navigator.permissions.query({ name }).then(
      status => setAsked(status.state === 'prompt'),
      () => undefined
    )
  }, [])
  if (!asked) return null
  const allow = () => {
    const ask = (window as { getScreenDetails?: () => Promise<unknown> }).getScreenDetails
    void ask?.call(window).then(
      () => setAsked(false),
      () => setAsked(false)
    )
  }
  return (
    <Button className="small" onClick={allow}>
      {t('floor:windows.screens')}
    </Button>
  )
}
