/** The simulated town's buttons: presses them over the real protocols. Exists in demo mode only. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DemoPress } from '../../../../gateway/core/wire.ts'
import { useSession } from '../../session.tsx'
import { serverNowMs } from '../../state/clock.ts'
import { clockText } from '../../ui/time.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { post, Refusal, type RefusalCode } from '../../wire/api.ts'
import './demo.css'

/** How many of each the town has (config/scenarios/town.yaml). */
const GROUPS: readonly { readonly kind: Exclude<DemoPress['kind'], 'storm'>; readonly count: number }[] = [
  { kind: 'household', count: 40 },
  { kind: 'telephone', count: 3 },
  { kind: 'dialler', count: 1 },
  { kind: 'box', count: 20 },
  { kind: 'panel', count: 2 },
  { kind: 'button', count: 10 },
  { kind: 'watch', count: 2 },
  { kind: 'pendant', count: 1 },
  { kind: 'taxi', count: 31 },
  { kind: 'driver', count: 2 },
  { kind: 'input', count: 1 }
]
/** So few buttons share a line with another kind. */
const SMALL = 10
const STORM = 200
const KEPT = 12

interface Pressed extends DemoPress {
  readonly id: number
  readonly atMs: number
  /** Undefined while the town has not answered. */
  readonly outcome?: 'done' | RefusalCode
}

/** The presses made here, newest first, each with its answer as it comes. */
function usePresses(): [readonly Pressed[], (kind: DemoPress['kind'], n: number) => void] {
  const [presses, setPresses] = useState<readonly Pressed[]>([])
  const press = async (kind: DemoPress['kind'], n: number) => {
    const id = performance.now()
    setPresses(before => [{ id, kind, n, atMs: serverNowMs() }, ...before].slice(0, KEPT))
    const settle = (outcome: Pressed['outcome']) =>
      setPresses(before => before.map(each => (each.id === id ? { ...each, outcome } : each)))
    try {
      await post('/api/demo/press', { kind, n } satisfies DemoPress)
      settle('done')
    } catch (error) {
      settle(error instanceof Refusal ? error.code : 'UNKNOWN')
    }
  }
  return [presses, (kind, n) => void press(kind, n)]
}

export default function DemoView() {
  const { t } = useTranslation()
  const { site } = useSession()
  const [presses, press] = usePresses()

  if (site && !site.demo)
    return (
      <main className="demo">
        <TopBar />
        <p className="demo-none m">{t('demo:onlyDemo')}</p>
      </main>
    )
  return (
    <main className="demo">
      <TopBar />
      <div className="demo-body">
        <div className="demo-groups">
          <p className="m">{t('demo:what')}</p>
          {GROUPS.map(({ kind, count }) => (
            <section key={kind} className={`panel demo-group${count > SMALL ? ' whole' : ''}`}>
              <h2>
                {t(`demo:kind.${kind}`)} <span className="d">{t(`demo:how.${kind}`)}</span>
              </h2>
              <div className="demo-grid">
                {Array.from({ length: count }, (_, index) => index + 1).map(n => (
                  <button
                    key={n}
                    type="button"
                    className="demo-button n"
                    aria-label={t('demo:press', { what: t(`demo:kind.${kind}`), n })}
                    onClick={() => press(kind, n)}
                  >
                    {n}
                  </button>
                ))}
              </div>
            </section>
          ))}
        </div>
        <aside className="demo-side">
          <section className="panel demo-group">
            <h2>{t('demo:kind.storm')}</h2>
            <p className="m">{t('demo:how.storm')}</p>
            <button type="button" className="demo-button wide" onClick={() => press('storm', STORM)}>
              {t('demo:storm', { n: STORM })}
            </button>
          </section>
          <Results presses={presses} timeZone={site?.timeZone ?? 'Asia/Shanghai'} />
        </aside>
      </div>
    </main>
  )
}

function Results({ presses, timeZone }: { readonly presses: readonly Pressed[]; readonly timeZone: string }) {
  const { t } = useTranslation()
  return (
    <section className="panel demo-group" role="status">
      <h2>{t('demo:results')}</h2>
      {presses.length === 0 && <p className="m">{t('demo:noneYet')}</p>}
      <ul>
        {presses.map(each => (
          <li key={each.id} className="demo-result">
            <time className="d n">{clockText(each.atMs, timeZone)}</time>
            <span className="grow">
              {each.kind === 'storm' ? t('demo:storm', { n: each.n }) : `${t(`demo:kind.${each.kind}`)} ${each.n}`}
            </span>
            <Outcome outcome={each.outcome} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Outcome({ outcome }: { readonly outcome: Pressed['outcome'] }) {
  const { t } = useTranslation()
  if (outcome === undefined) return <span className="m">{t('demo:pressing')}</span>
  if (outcome === 'done') return <span className="t-ok">{t('demo:pressed')}</span>
  return <span className="t-red">{t([`words:error.${outcome}`, 'words:error.UNKNOWN'])}</span>
}
