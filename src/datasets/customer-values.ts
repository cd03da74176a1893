/**
 * The enumerations of customers: what each value is called here, and what other products call it. An alias is
 * there only where the two words mean the same; a word that has no home here is a problem of its row.
 */
import { value } from './fields.ts';

export const customerTypes = [
  value('individual', 'Individual', 'person', 'private', 'private person', 'consumer', 'b2c'),
  value('company', 'Company', 'business', 'organization', 'organisation', 'corporate', 'b2b'),
  value('non_profit', 'Non-profit', 'nonprofit', 'not for profit', 'charity', 'ngo'),
  value('government', 'Government', 'public sector', 'public authority'),
];

export const statuses = [
  value('lead', 'Lead'),
  value('prospect', 'Prospect', 'opportunity'),
  value('active', 'Active', 'customer', 'enabled'),
  value('inactive', 'Inactive', 'disabled', 'dormant'),
  value('guest', 'Guest'),
  value('archived', 'Archived'),
];

export const accountStatuses = [
  value('active', 'Active', 'enabled', 'open'),
  value('suspended', 'Suspended', 'blocked', 'on hold', 'disabled'),
  value('closed', 'Closed', 'terminated'),
];

export const sources = [
  value('website', 'Website', 'web', 'web site', 'web form', 'online', 'organic search'),
  value(
    'referral',
    'Referral',
    'referred',
    'word of mouth',
    'partner referral',
    'employee referral',
    'external referral',
  ),
  value('social_media', 'Social Media', 'social', 'facebook', 'instagram', 'linkedin', 'twitter', 'tiktok'),
  value(
    'advertising',
    'Advertising',
    'advertisement',
    'ads',
    'google ads',
    'facebook ads',
    'paid search',
    'ppc',
  ),
  value('trade_show', 'Trade Show', 'tradeshow', 'event', 'conference', 'exhibition'),
  value('cold_call', 'Cold Call', 'cold calling', 'outbound call'),
  value('email_campaign', 'Email Campaign', 'email', 'e-mail', 'email marketing', 'newsletter'),
  value('other', 'Other'),
];

export const segments = [
  value('new', 'New'),
  value('regular', 'Regular', 'standard'),
  value('vip', 'VIP'),
  value('at_risk', 'At Risk'),
];

export const riskProfiles = [value('low', 'Low'), value('medium', 'Medium'), value('high', 'High')];

export const subscriptionStatuses = [
  value('active', 'Active'),
  value('paused', 'Paused', 'on hold'),
  value('cancelled', 'Cancelled', 'canceled'),
];

export const billingCycles = [
  value('monthly', 'Monthly', 'month', 'per month'),
  value('yearly', 'Yearly', 'year', 'annual', 'annually', 'per year'),
];

export const genders = [
  value(
    'male',
    'Male',
    'm',
    'man',
    'männlich',
    'herr',
    'mann',
    'homme',
    'masculin',
    'hombre',
    'masculino',
    'maschio',
    'uomo',
    'maschile',
    'mannelijk',
    'mężczyzna',
    'мужской',
    'муж',
    '男',
  ),
  value(
    'female',
    'Female',
    'f',
    'w',
    'woman',
    'weiblich',
    'frau',
    'femme',
    'féminin',
    'mujer',
    'femenino',
    'feminino',
    'femmina',
    'donna',
    'femminile',
    'vrouwelijk',
    'vrouw',
    'kobieta',
    'женский',
    'жен',
    '女',
  ),
  value('other', 'Other', 'x', 'd', 'diverse', 'divers', 'non-binary', 'nonbinary'),
  value('prefer_not_to_say', 'Prefer not to say', 'undisclosed', 'not specified', 'keine angabe'),
];

export const reminderPreferences = [
  value('sms', 'SMS', 'text message'),
  value('email', 'Email', 'e-mail'),
  value('both', 'Both', 'sms and email'),
  value('none', 'None', 'no reminders'),
];

export const addressTypes = [
  value('billing', 'Billing', 'invoice'),
  value('shipping', 'Shipping', 'delivery'),
  value('both', 'Both', 'billing and shipping'),
  value('company', 'Company', 'business', 'work'),
  value('other', 'Other', 'home'),
];
