/** The open incident: head, video, person, units and steps, then timeline and evidence; on a small screen the last and the map are tabs. */
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident, TimelineEntry } from '../../../../gateway/core/incident.ts'
import { useConsole } from '../../state/store.ts'
import { Fault } from '../../ui/fault.tsx'
import { Key } from '../../ui/parts.tsx'
import { useMedia } from '../../ui/use-media.ts'
import { CallerVoice } from '../../voice/caller-voice.tsx'
import { TalkStrip } from '../../voice/talk-strip.tsx'
import { type Tab, useFloor, WIDE } from './floor-context.tsx'
import { Candidates } from './panel/candidates.tsx'
import { useTalkWhyNot } from './panel/contacts.tsx'
import { DuressHeard } from './panel/duress-heard.tsx'
import { Evidence } from './panel/evidence.tsx'
import { IncidentHead } from './panel/head.tsx'
import { Parties } from './panel/parties.tsx'
import { Person } from './panel/person.tsx'
import { Steps } from './panel/steps.tsx'
import { Story } from './panel/story.tsx'
import { Videos } from './panel/videos.tsx'
import './incident.css'

const MapPanel = lazy(() => import('../map/map-panel.tsx').then(module => ({ default: module.MapPanel })))

/** From here on the map has a column of its own. */

const NO_LINES: readonly TimelineEntry[] = []

export function IncidentPanel({ incident }: { readonly incident: Incident }) {
  const { tab } = useFloor()
  const wide = useMedia(WIDE)
  const timeline = useConsole(state => state.timelines.get(incident.id) ?? NO_LINES)
  return (
    <article className="incident" key={incident.id}>
      <IncidentHead incident={incident} timeline={timeline} />
      <Fault part="common:fault.video">
        <Videos incident={incident} />
      </Fault>
      <div className="calls">
        <CallerVoice incident={incident} />
        <Calls incident={incident} />
        <DuressHeard incident={incident} />
        <Parties incident={incident} />
      </div>
      {!wide && <Tabs lines={timeline.length} />}
      {(wide || tab === 'handle') && (
        <div className="mid">
          <Person incident={incident} timeline={timeline} />
          <Candidates incident={incident} />
          <Steps incident={incident} timeline={timeline} />
        </div>
      )}
      {(wide || tab === 'story') && (
        <div className="low">
          <Story incident={incident} timeline={timeline} />
          <Evidence incident={incident} />
        </div>
      )}
      {!wide && tab === 'map' && (
        <Fault part="common:fault.map">
          <Suspense fallback={<div className="grow" />}>
            <MapPanel />
          </Suspense>
        </Fault>
      )}
    </article>
  )
}

/** An incident's telephone, for whoever works on it. */
function Calls({ incident }: { readonly incident: Incident }) {
  return <TalkStrip incident={incident} whyNot={useTalkWhyNot(incident)} />
}

const TABS: readonly (readonly [Tab, string])[] = [
  ['handle', 'F6'],
  ['story', 'F7'],
  ['map', 'F8']
]

function Tabs({ lines }: { readonly lines: number }) {
  const { t } = useTranslation()
  const { tab, setTab } = useFloor()
  return (
    <div className="tabs row" role="tablist">
      {TABS.map(([each, key]) => (
        <button
          key={each}
          type="button"
          role="tab"
          aria-selected={tab === each}
          className="tab row g8"
          onClick={() => setTab(each)}
        >
          <Key>{key}</Key>
          {t(`floor:tab.${each}`)}
          {each === 'story' && <span className="n">{lines}</span>}
        </button>
      ))}
    </div>
  )
}
