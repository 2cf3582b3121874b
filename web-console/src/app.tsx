/** The views by path. Without a session every path shows the log-in; a role that may not use a path is brought to its own page, and told why. */
import { type ComponentType, type LazyExoticComponent, lazy, Suspense, useEffect, useState } from 'react'
import type { Role } from '../../gateway/core/wire.ts'
import { navigate, usePath } from './route.ts'
import { homeOf, SessionProvider, useSession } from './session.tsx'
import { Denied } from './ui/denied.tsx'
import { Fault } from './ui/fault.tsx'
import { pageWord } from './ui/page-links.tsx'
import { useScaled } from './ui/scale.ts'
import { usePageTitle } from './ui/use-page-title.ts'
import { LoginView } from './views/login/index.tsx'
import { useSeatWindow } from './windows/use-windows.ts'

interface View {
  readonly component: LazyExoticComponent<ComponentType>
  readonly roles: readonly Role[]
}

const FLOOR_ROLES: readonly Role[] = ['operator', 'leader']

const VIEWS: Readonly<Record<string, View>> = {
  '/': { component: lazy(() => import('./views/floor/index.tsx')), roles: FLOOR_ROLES },
  '/queue': { component: lazy(() => import('./views/floor/queue-window.tsx')), roles: FLOOR_ROLES },
  '/incident': { component: lazy(() => import('./views/floor/incident-window.tsx')), roles: FLOOR_ROLES },
  '/map': { component: lazy(() => import('./views/map/index.tsx')), roles: FLOOR_ROLES },
  '/wall': { component: lazy(() => import('./views/wall/index.tsx')), roles: FLOOR_ROLES },
  '/video-patrol': { component: lazy(() => import('./views/video-patrol/index.tsx')), roles: FLOOR_ROLES },
  '/cameras': {
    component: lazy(() => import('./views/cameras/index.tsx')),
    roles: ['operator', 'leader', 'administrator', 'auditor']
  },
  '/sources': {
    component: lazy(() => import('./views/sources/index.tsx')),
    roles: ['operator', 'leader', 'administrator']
  },
  '/playback': { component: lazy(() => import('./views/playback/index.tsx')), roles: FLOOR_ROLES },
  '/evidence': { component: lazy(() => import('./views/evidence/index.tsx')), roles: FLOOR_ROLES },
  '/history': { component: lazy(() => import('./views/history/index.tsx')), roles: FLOOR_ROLES },
  '/follow-ups': { component: lazy(() => import('./views/follow-ups/index.tsx')), roles: FLOOR_ROLES },
  '/patrol': { component: lazy(() => import('./views/patrol/index.tsx')), roles: ['patrol'] },
  '/taxi': { component: lazy(() => import('./views/taxi/index.tsx')), roles: ['taxiDispatcher'] },
  '/admin': { component: lazy(() => import('./views/admin/index.tsx')), roles: ['administrator', 'leader', 'auditor'] },
  '/manage': { component: lazy(() => import('./views/manage/index.tsx')), roles: ['administrator'] },
  '/deliveries': { component: lazy(() => import('./views/deliveries/index.tsx')), roles: ['administrator'] },
  '/sop': { component: lazy(() => import('./views/sop/index.tsx')), roles: ['administrator', 'leader', 'auditor'] },
  '/reports': {
    component: lazy(() => import('./views/reports/index.tsx')),
    roles: ['leader', 'administrator', 'auditor']
  },
  '/audit': {
    component: lazy(() => import('./views/audit/index.tsx')),
    roles: ['leader', 'administrator', 'auditor']
  },
  '/board': { component: lazy(() => import('./views/board/index.tsx')), roles: ['leader', 'administrator', 'auditor'] },
  '/demo': {
    component: lazy(() => import('./views/demo/index.tsx')),
    roles: ['operator', 'leader', 'administrator', 'patrol', 'taxiDispatcher']
  }
}

function Routes() {
  const path = usePath()
  const { user } = useSession()
  const view = VIEWS[path]
  const allowed = user && view?.roles.includes(user.role)
  useSeatWindow(user, path)
  useScaled(path)
  usePageTitle(user ? path : undefined)
  const [denied, setDenied] = useState<string>()
  useEffect(() => {
    // What one person was told is not for the next one.
    if (!user) setDenied(undefined)
    if (!user || allowed) return
    // Everybody begins at `/`: whoever is brought on from there has asked for nothing else.
    setDenied(VIEWS[path] && path !== '/' ? path : undefined)
    navigate(homeOf(user.role), true)
  }, [user, allowed, path])

  if (user === undefined) return null
  if (user === null) return <LoginView />
  if (!view || !allowed) return null
  const Component = view.component
  return (
    <>
      <Fault key={path} part="common:fault.page">
        <Suspense fallback={null}>
          <Component />
        </Suspense>
      </Fault>
      {denied !== undefined && path === homeOf(user.role) && (
        <Denied page={pageWord(denied)} roles={VIEWS[denied]?.roles ?? []} onRead={() => setDenied(undefined)} />
      )}
    </>
  )
}

export function App() {
  return (
    <SessionProvider>
      <Routes />
    </SessionProvider>
  )
}
