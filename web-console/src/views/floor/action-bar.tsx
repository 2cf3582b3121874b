/** What can be done with the open incident: the one best next action in white, the rest beside it, each with its key; a refusal is said right above. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { bestAction, whyNobody } from '../../state/best-action.ts'
import { nextToTake } from '../../state/queue.ts'
import type { ActionName } from '../../state/rights.ts'
import { whyNot } from '../../state/rights.ts'
import { incidentToWall } from '../../state/wall-wish.ts'
import { Button, type ButtonState, Key } from '../../ui/parts.tsx'
import { useMedia } from '../../ui/use-media.ts'
import { goTo } from '../../windows/use-windows.ts'
import { acknowledgeFirst, toggleMenu } from './commands.ts'
import { dispatchChosen, forceOf } from './dispatch.ts'
import { pressFile } from './file-key.ts'
import { type Menu, useFloor, WIDE } from './floor-context.tsx'
import { MenuPanel } from './menus/menu-panel.tsx'
import { activeAssignments } from './panel/candidate-lists.ts'
import type { Result } from './sent-steps.ts'
import { StepSaid } from './step-said.tsx'

/** `row` false: only menus and what is said, in a window that shows no incident. */
export function ActionBar({ row = true }: { readonly row?: boolean }) {
  const { t } = useTranslation()
  const floor = useFloor()
  const { incident, menu, openMenu } = floor
  // Nobody's, and units under way: the most that stands here at once.
  const crowded = incident && !incident.owner && activeAssignments(incident).length > 0
  return (
    <footer className="actions">
      <MenuPanel />
      {!menu && <StepSaid said={floor.actions.saidOf(incident?.id)} />}
      {!menu && <Told />}
      {row && (
        <div className="actions-row row g6" role="toolbar" aria-label={t('floor:actions.title')}>
          <div className={`actions-all row g6${crowded ? ' crowded' : ''}`}>
            {incident ? <IncidentActions /> : <IdleActions />}
          </div>
          <button type="button" className="help" aria-label={t('floor:keys.title')} onClick={() => openMenu('keys')}>
            <Key>?</Key>
          </button>
        </div>
      )}
    </footer>
  )
}

function Told() {
  const { told } = useFloor()
  return (
    <p className="told t-ok" role="status">
      {told}
    </p>
  )
}

function stateOf(result: Result | undefined, best: boolean): ButtonState {
  if (result) return result.state
  return best ? 'best' : 'ready'
}

interface ActProps {
  readonly action: ActionName
  /** None where its key would act elsewhere. */
  readonly keyCap: string | undefined
  readonly menu?: Menu
  readonly onRun?: () => void
  readonly label?: string
  readonly danger?: boolean
  /** Of several names: it is cut before the others are, and then reads in full on focus. */
  readonly long?: boolean
}

function Act({ action, keyCap, menu, onRun, label, danger, long }: ActProps) {
  const { t } = useTranslation()
  const floor = useFloor()
  const { incident, user, connected, actions } = floor
  const force = forceOf(floor)
  const nobody = action === 'dispatch' ? whyNobody(force) : undefined
  const why = whyNot(action, { incident, user, connected }) ?? nobody
  const best = bestAction(incident, user, force) === action
  const words = why ? t([`floor:whyNot.${why}`, `words:error.${why}`]) : undefined
  return (
    <Button
      keyCap={keyCap}
      state={stateOf(actions.resultOf(incident?.id, action), best)}
      whyNot={words}
      danger={danger ?? false}
      className={`${best ? 'act-best' : 'act'}${long ? ' act-long' : ''}`}
      title={long ? label : undefined}
      aria-expanded={menu ? floor.menu === menu : undefined}
      onClick={onRun ?? (() => toggleMenu(floor, menu))}
    >
      {label ?? t(`floor:do.${action}`)}
    </Button>
  )
}

function IncidentActions() {
  const { t } = useTranslation()
  const floor = useFloor()
  const { incident, act, user, queue } = floor
  if (!incident) return null
  const mine = incident.owner?.userId === user.userId
  if (incident.state === 'resolved' || incident.state === 'closed')
    return (
      <>
        <Act action="close" keyCap="X" onRun={() => pressFile(floor)} />
        <Act action="returnFeedback" keyCap="⇧X" menu="returned" />
        <Act action="feedback" keyCap="R" menu="resolve" />
        <Act action="reopen" keyCap="O" menu="reopen" />
        <Act action="annotate" keyCap="B" menu="note" />
      </>
    )
  return (
    <>
      {!incident.owner && (
        <Act
          action="acknowledge"
          keyCap={nextToTake(queue, incident)?.id === incident.id ? t('floor:key.space') : undefined}
          onRun={() => void act({ action: 'acknowledge' })}
        />
      )}
      {/* Nobody's is acknowledged, by a leader too. */}
      {incident.owner && !mine && user.role === 'leader' && (
        <Act action="take" keyCap="K" onRun={() => void act({ action: 'take' })} />
      )}
      <DispatchButton />
      <Act action="verify" keyCap="E" menu="nature" />
      <Act action="categorize" keyCap="L" menu="category" />
      <Act action="setPriority" keyCap="P" menu="priority" />
      <Act action="annotate" keyCap="B" menu="note" />
      <Act action="handOver110" keyCap="H" menu="handOver" />
      {activeAssignments(incident).length > 0 && <Act action="recall" keyCap="⇧D" menu="recall" danger />}
      <Act action="resolve" keyCap="R" menu="resolve" />
      {mine && incident.state === 'acknowledged' && (
        <Act action="release" keyCap="U" onRun={() => void act({ action: 'release' })} />
      )}
      <ToWall incident={incident} />
    </>
  )
}

/** Where there is no room for it the key alone is left. */
function ToWall({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const wide = useMedia(WIDE)
  return (
    wide && (
      <Button keyCap="W" className="act act-wall" onClick={() => incidentToWall(incident.id)}>
        {t('floor:do.toWall')}
      </Button>
    )
  )
}

function DispatchButton() {
  const { t } = useTranslation()
  const floor = useFloor()
  const names = floor.candidates.filter(each => floor.chosen.includes(each.unitId)).map(each => each.name)
  const label =
    names.length > 0 ? t('floor:do.dispatchUnit', { name: names.join(t('common:comma')) }) : t('floor:do.dispatch')
  return <Act action="dispatch" keyCap="D" label={label} long onRun={() => void dispatchChosen(floor)} />
}

/** Nothing is open: who waits goes before everything, else the watch gets ready. */
function IdleActions() {
  const { t } = useTranslation()
  const floor = useFloor()
  const { sound, openMenu } = floor
  const waits = nextToTake(floor.queue, undefined) !== undefined
  return (
    <>
      {waits && (
        <Button keyCap={t('floor:key.space')} className="act-best" state="best" onClick={() => acknowledgeFirst(floor)}>
          {t('floor:do.acknowledge')}
        </Button>
      )}
      <Button keyCap="T" state={waits || sound.testedAtMs ? 'ready' : 'best'} onClick={() => void sound.test()}>
        {t('floor:do.soundTest')}
      </Button>
      <Button keyCap="V" onClick={() => goTo('/wall')}>
        {t('floor:do.wall')}
      </Button>
      <Button keyCap="G" onClick={() => goTo('/map')}>
        {t('floor:do.map')}
      </Button>
      <Button keyCap="⇧I" onClick={() => openMenu('windows')}>
        {t('floor:menu.windows')}
      </Button>
      <Button keyCap="J" onClick={() => openMenu('shift')}>
        {t('floor:do.shift')}
      </Button>
      <Button keyCap="Y" onClick={() => openMenu('followUp')}>
        {t('floor:menu.followUp')}
      </Button>
      <Button keyCap="/" onClick={() => openMenu('search')}>
        {t('floor:do.search')}
      </Button>
    </>
  )
}
