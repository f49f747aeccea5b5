/** What pages do more with JavaScript. Without it everything is reached by links and forms. */
import { enableCopying } from './copy.ts';
import { enableGroups } from './groups.ts';
import { enableKeyboard } from './keyboard.ts';
import { enableMenus } from './menus.ts';
import { enableRecordPanel } from './record-panel.ts';
import { enableRefresh } from './refresh.ts';
import { enableStrips } from './strips.ts';
import { enableTail } from './tail.ts';
import { tellTimeZone } from './time-zone.ts';

tellTimeZone();
enableKeyboard();
enableMenus();
enableCopying();
enableStrips();
enableGroups();
enableRecordPanel();
enableRefresh();
enableTail();
