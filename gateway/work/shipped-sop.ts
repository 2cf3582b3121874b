/** The shipped book 处置预案, version 1: what the administrator begins with. Steps with `auto` are ticked by the record itself. */
import type { SopBook, SopStep } from '../core/sop.ts'

const STEPS = {
  acknowledge: {
    id: 'acknowledge',
    zh: '接警，看报警前录像',
    en: 'Acknowledge, watch the clip',
    who: 'operator',
    withinS: 15,
    auto: 'acknowledge'
  },
  verify: {
    id: 'verify',
    zh: '核实并定性',
    en: 'Verify, set the nature',
    who: 'operator',
    withinS: 60,
    auto: 'verify'
  },
  dispatch: { id: 'dispatch', zh: '派单', en: 'Dispatch', who: 'operator', withinS: 60, auto: 'dispatch' },
  accept: { id: 'accept', zh: '巡防力量接单', en: 'A unit accepts', who: 'unit', withinS: 90, auto: 'accept' },
  handOver: {
    id: 'handOver',
    zh: '移交或通报联动单位',
    en: 'Hand over or tell another service',
    who: 'operator',
    withinS: 120,
    auto: 'handOver'
  },
  arrive: { id: 'arrive', zh: '到场', en: 'On scene', who: 'unit', withinS: 300, auto: 'arrive' },
  report: { id: 'report', zh: '现场反馈', en: 'Report from the scene', who: 'unit', auto: 'report' },
  resolve: { id: 'resolve', zh: '处置完毕', en: 'Resolve', who: 'operator', auto: 'resolve' },
  callBack: { id: 'callBack', zh: '回拨核实，先听口令', en: 'Call back, hear the phrase first', who: 'operator' },
  two: {
    id: 'two',
    zh: '派不少于 2 人，告知危险',
    en: 'Send two or more, tell the danger',
    who: 'operator',
    auto: 'twoSent'
  },
  lock: { id: 'lock', zh: '嘱住户反锁房门，勿开门', en: 'Tell the household to lock the door', who: 'operator' },
  silent: {
    id: 'silent',
    zh: '不回拨，不惊动现场，不通知家属邻居',
    en: 'No call back, no sign to the place, family or neighbours',
    who: 'operator'
  },
  approach: {
    id: 'approach',
    zh: '熄警灯警笛，先在外围查看',
    en: 'No lights, no siren; look from outside first',
    who: 'unit'
  },
  watch: {
    id: 'watch',
    zh: '盯住最近摄像机，报去向',
    en: 'Watch the nearest cameras, tell where they go',
    who: 'operator'
  },
  scene: { id: 'scene', zh: '保护现场，保存物证', en: 'Keep the scene and what lies there', who: 'unit' },
  door: {
    id: 'door',
    zh: '请家属或邻居开门，备好药物',
    en: 'Family or neighbours open, medicine at hand',
    who: 'operator'
  },
  aid: { id: 'aid', zh: '电话指导急救', en: 'First aid by telephone', who: 'operator' },
  guide: { id: 'guide', zh: '到路口接引车辆', en: 'Guide the vehicles in from the road', who: 'unit' },
  family: { id: 'family', zh: '通知家属', en: 'Tell the family', who: 'operator' },
  leave: { id: 'leave', zh: '嘱断电、关气、撤离', en: 'Tell them: power and gas off, leave', who: 'operator' },
  near: { id: 'near', zh: '通知邻近住户', en: 'Tell those who live near', who: 'operator' },
  lane: { id: 'lane', zh: '清出消防通道', en: 'Clear the way for the engines', who: 'unit' },
  round: { id: 'round', zh: '查看门窗、围界', en: 'Look at doors, windows, fence', who: 'unit' },
  keyholder: { id: 'keyholder', zh: '通知业主到场清点', en: 'The keyholder comes and counts', who: 'operator' },
  looks: { id: 'looks', zh: '记下衣着、特征、去向', en: 'Note clothes, looks, direction', who: 'operator' },
  along: { id: 'along', zh: '调阅沿线摄像机', en: 'Look along the way by camera', who: 'operator' },
  hurt: { id: 'hurt', zh: '问清有无伤者', en: 'Ask who is hurt', who: 'operator' },
  warn: { id: 'warn', zh: '设警示，疏导', en: 'Set warnings, keep it flowing', who: 'unit' },
  apart: { id: 'apart', zh: '隔开双方', en: 'Keep them apart', who: 'unit' },
  mediate: { id: 'mediate', zh: '联系网格员、调解员', en: 'Call the grid worker or mediator', who: 'operator' },
  repair: { id: 'repair', zh: '通知维修', en: 'Call the repairer', who: 'operator' },
  retest: { id: 'retest', zh: '修后试报一次', en: 'Test once repaired', who: 'operator' }
} as const satisfies Readonly<Record<string, SopStep>>

const SHEETS: Readonly<Record<string, readonly (keyof typeof STEPS)[]>> = {
  default: ['acknowledge', 'verify', 'dispatch', 'accept', 'arrive', 'report', 'resolve'],
  medical: [
    'acknowledge',
    'verify',
    'handOver',
    'aid',
    'door',
    'dispatch',
    'accept',
    'guide',
    'family',
    'arrive',
    'report',
    'resolve'
  ],
  violence: [
    'acknowledge',
    'verify',
    'two',
    'dispatch',
    'lock',
    'handOver',
    'watch',
    'accept',
    'arrive',
    'scene',
    'report',
    'resolve'
  ],
  duress: [
    'acknowledge',
    'silent',
    'verify',
    'two',
    'dispatch',
    'handOver',
    'watch',
    'accept',
    'approach',
    'arrive',
    'report',
    'resolve'
  ],
  intrusion: [
    'acknowledge',
    'verify',
    'dispatch',
    'handOver',
    'watch',
    'accept',
    'arrive',
    'round',
    'keyholder',
    'report',
    'resolve'
  ],
  fire: [
    'acknowledge',
    'verify',
    'handOver',
    'leave',
    'dispatch',
    'near',
    'accept',
    'lane',
    'arrive',
    'report',
    'resolve'
  ],
  lostOrFallen: [
    'acknowledge',
    'callBack',
    'verify',
    'looks',
    'along',
    'family',
    'dispatch',
    'accept',
    'arrive',
    'report',
    'resolve'
  ],
  traffic: ['acknowledge', 'hurt', 'verify', 'handOver', 'dispatch', 'accept', 'arrive', 'warn', 'report', 'resolve'],
  dispute: ['acknowledge', 'verify', 'dispatch', 'accept', 'arrive', 'apart', 'mediate', 'report', 'resolve'],
  trouble: ['acknowledge', 'repair', 'retest', 'resolve']
}

export const SHIPPED_SOP: SopBook = {
  version: 1,
  atMs: 0,
  by: '',
  sheets: Object.entries(SHEETS).map(([kind, steps]) => ({ kind, steps: steps.map(step => STEPS[step]) }))
}
