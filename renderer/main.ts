/**
 * main.ts: where the window begins.
 *
 * In:   the page, with its one empty element
 * Out:  the mounted App, holding whichever bridge this page has
 * Not:  anything else
 */
import { mount } from 'svelte';
import App from './App.svelte';
import { connect } from './bridge.ts';
import './style.css';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no element #app');
mount(App, { target: root, props: { link: connect(window) } });
