/** The open menu, above the action bar; it never covers the queue and never takes the focus except for a text field that was asked for. */
import { useTranslation } from 'react-i18next'
import { Button, Key } from '../../../ui/parts.tsx'
import { type EvidenceMenu, type Menu, useFloor } from '../floor-context.tsx'
import { StepSaid } from '../step-said.tsx'
import { ByHandMenu } from './by-hand-menu.tsx'
import { CategoryMenu } from './category-menu.tsx'
import { ContactMenu } from './contact-menu.tsx'
import { NatureMenu, PriorityMenu, RecallMenu } from './digit-menus.tsx'
import { EvidenceSheet } from './evidence-sheet.tsx'
import { HandOverMenu } from './hand-over-menu.tsx'
import { KeysHelp } from './keys-help.tsx'
import { MessageMenu } from './message-menu.tsx'
import { OtherUnitMenu } from './other-unit-menu.tsx'
import { PartyMenu } from './party-menu.tsx'
import { ResolveMenu } from './resolve-menu.tsx'
import { SearchMenu } from './search-menu.tsx'
import { FollowUpMenu, ShiftMenu } from './shift-menus.tsx'
import { SimilarMenu } from './similar-menu.tsx'
import { SkipMenu, StepMenu } from './sop-menus.tsx'
import { NoteMenu, ReopenMenu, ReturnMenu } from './text-menus.tsx'
import { WindowsMenu } from './windows-menu.tsx'

const MENUS: Readonly<Record<Exclude<Menu, EvidenceMenu>, () => React.ReactNode>> = {
  nature: NatureMenu,
  priority: PriorityMenu,
  recall: RecallMenu,
  byHand: ByHandMenu,
  otherUnit: OtherUnitMenu,
  party: PartyMenu,
  category: CategoryMenu,
  contact: ContactMenu,
  step: StepMenu,
  skip: SkipMenu,
  similar: SimilarMenu,
  shift: ShiftMenu,
  followUp: FollowUpMenu,
  resolve: ResolveMenu,
  returned: ReturnMenu,
  handOver: HandOverMenu,
  note: NoteMenu,
  message: MessageMenu,
  reopen: ReopenMenu,
  search: SearchMenu,
  keys: KeysHelp,
  windows: WindowsMenu
}

export function MenuPanel() {
  const { t } = useTranslation()
  const { menu, openMenu, actions, incident } = useFloor()
  if (!menu) return null
  if (menu === 'export' || menu === 'hold') return <EvidenceSheet menu={menu} />
  const Body = MENUS[menu]
  return (
    <div className={`menu panel ${menu}`} role="dialog" aria-label={t(`floor:menu.${menu}`)}>
      <div className="row g8 menu-head">
        <h2>{t(`floor:menu.${menu}`)}</h2>
        <span className="grow" />
        <Button className="small" onClick={() => openMenu(undefined)}>
          {t('floor:menu.shut')} <Key>Esc</Key>
        </Button>
      </div>
      <Body />
      <StepSaid said={actions.saidOf(incident?.id)} named={false} />
    </div>
  )
}
