// @ts-nocheck
/**
 * Generated from schemas/gpupolicy.v1alpha1.schema.json by `node schemas/generate/index.ts`. Do not edit.
 */
import { codePointLength } from './code-point-length.ts';

export const validate = validate20;
const schema31 = {"type":"object","required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"type":"string","enum":["gpupolicy.dev/v1alpha1"],"maxLength":64},"kind":{"type":"string","enum":["GpuPolicy"],"maxLength":64},"metadata":{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$","minLength":1,"maxLength":253},"labels":{"type":"object","maxProperties":64,"additionalProperties":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}},"annotations":{"type":"object","maxProperties":64,"additionalProperties":{"type":"string","maxLength":262144}},"generation":{"type":"integer","minimum":0},"uid":{"type":"string","maxLength":64},"resourceVersion":{"type":"string","maxLength":64},"creationTimestamp":{"type":"string","nullable":true,"maxLength":64},"deletionTimestamp":{"type":"string","maxLength":64},"finalizers":{"type":"array","maxItems":32,"items":{"type":"string","maxLength":253}},"namespace":{},"generateName":{},"managedFields":{},"ownerReferences":{},"selfLink":{},"deletionGracePeriodSeconds":{}},"additionalProperties":false},"spec":{"type":"object","required":["mode"],"properties":{"mode":{"type":"string","enum":["Enforce","Audit"],"maxLength":16},"suspend":{"type":"boolean"},"interval":{"type":"string","pattern":"^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$","minLength":2,"maxLength":32},"devices":{"type":"object","properties":{"allow":{"type":"array","minItems":1,"maxItems":64,"items":{"type":"object","minProperties":1,"properties":{"productName":{"type":"string","minLength":1,"maxLength":96},"productNamePattern":{"type":"string","minLength":1,"maxLength":96},"uuid":{"type":"string","pattern":"^(GPU|MIG)-[0-9A-Za-z/-]+$","minLength":5,"maxLength":96},"pciBusId":{"type":"string","pattern":"^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$","maxLength":16},"pciDeviceId":{"type":"string","pattern":"^0[xX][0-9A-Fa-f]{8}$","maxLength":10},"minMemory":{"pattern":"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$","maxLength":24,"minimum":0,"anyOf":[{"type":"integer"},{"type":"string"}]},"maxMemory":{"pattern":"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$","maxLength":24,"minimum":0,"anyOf":[{"type":"integer"},{"type":"string"}]},"computeCapability":{"type":"object","minProperties":1,"properties":{"min":{"type":"string","pattern":"^[0-9]{1,3}\\.[0-9]$","maxLength":8},"max":{"type":"string","pattern":"^[0-9]{1,3}\\.[0-9]$","maxLength":8}},"additionalProperties":false},"mig":{"type":"string","enum":["Enabled","Disabled"],"maxLength":16}},"additionalProperties":false}},"deny":{"type":"array","maxItems":64,"items":{"type":"object","minProperties":1,"properties":{"productName":{"type":"string","minLength":1,"maxLength":96},"productNamePattern":{"type":"string","minLength":1,"maxLength":96},"uuid":{"type":"string","pattern":"^(GPU|MIG)-[0-9A-Za-z/-]+$","minLength":5,"maxLength":96},"pciBusId":{"type":"string","pattern":"^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$","maxLength":16},"pciDeviceId":{"type":"string","pattern":"^0[xX][0-9A-Fa-f]{8}$","maxLength":10},"minMemory":{"pattern":"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$","maxLength":24,"minimum":0,"anyOf":[{"type":"integer"},{"type":"string"}]},"maxMemory":{"pattern":"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$","maxLength":24,"minimum":0,"anyOf":[{"type":"integer"},{"type":"string"}]},"computeCapability":{"type":"object","minProperties":1,"properties":{"min":{"type":"string","pattern":"^[0-9]{1,3}\\.[0-9]$","maxLength":8},"max":{"type":"string","pattern":"^[0-9]{1,3}\\.[0-9]$","maxLength":8}},"additionalProperties":false},"mig":{"type":"string","enum":["Enabled","Disabled"],"maxLength":16}},"additionalProperties":false}}},"additionalProperties":false},"env":{"type":"array","maxItems":64,"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$","minLength":1,"maxLength":128},"value":{"type":"string","pattern":"^[^\\x00-\\x08\\x0A-\\x1F\\x7F]*$","maxLength":4096},"valueFrom":{"type":"object","properties":{"devices":{"type":"object","required":["as"],"properties":{"as":{"type":"string","enum":["Index","UUID"],"maxLength":16}},"additionalProperties":false},"file":{"type":"object","required":["path"],"properties":{"path":{"type":"string","pattern":"^(([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$","minLength":1,"maxLength":1024},"key":{"type":"string","pattern":"^[^\\x00-\\x1F\\x7F]+$","minLength":1,"maxLength":253},"format":{"type":"string","enum":["Dotenv","JSON","YAML"],"maxLength":16}},"additionalProperties":false}},"additionalProperties":false},"targets":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"string","enum":["Files","Workloads"],"maxLength":16}}},"additionalProperties":false}},"files":{"type":"array","maxItems":32,"items":{"type":"object","required":["include"],"properties":{"include":{"type":"array","minItems":1,"maxItems":256,"items":{"type":"string","pattern":"^(([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$","minLength":1,"maxLength":1024}},"exclude":{"type":"array","maxItems":256,"items":{"type":"string","pattern":"^(([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$","minLength":1,"maxLength":1024}},"defaultExcludes":{"type":"boolean"},"deviceOrdinal":{"type":"integer","minimum":0,"maximum":0},"gpuLibraries":{"type":"array","maxItems":256,"items":{"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$","minLength":1,"maxLength":128}}},"additionalProperties":false}},"workloads":{"type":"object","properties":{"namespaceSelector":{"type":"object","properties":{"matchLabels":{"type":"object","maxProperties":32,"additionalProperties":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}},"matchExpressions":{"type":"array","maxItems":32,"items":{"type":"object","required":["key","operator"],"properties":{"key":{"type":"string","pattern":"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$","minLength":1,"maxLength":317},"operator":{"type":"string","enum":["In","NotIn","Exists","DoesNotExist"],"maxLength":16},"values":{"type":"array","maxItems":64,"items":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}}},"additionalProperties":false}}},"additionalProperties":false},"podSelector":{"type":"object","properties":{"matchLabels":{"type":"object","maxProperties":32,"additionalProperties":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}},"matchExpressions":{"type":"array","maxItems":32,"items":{"type":"object","required":["key","operator"],"properties":{"key":{"type":"string","pattern":"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$","minLength":1,"maxLength":317},"operator":{"type":"string","enum":["In","NotIn","Exists","DoesNotExist"],"maxLength":16},"values":{"type":"array","maxItems":64,"items":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}}},"additionalProperties":false}}},"additionalProperties":false},"containers":{"type":"object","properties":{"scope":{"type":"string","enum":["RequestingGpu","All"],"maxLength":16}},"additionalProperties":false},"remediation":{"type":"object","properties":{"type":{"type":"string","enum":["Report","Restart","Evict"],"maxLength":16},"maxUnavailable":{"pattern":"^([1-9][0-9]?|100)%$","maxLength":4,"minimum":1,"anyOf":[{"type":"integer"},{"type":"string"}]},"pause":{"type":"string","pattern":"^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$","minLength":2,"maxLength":32}},"additionalProperties":false},"bypass":{"type":"string","enum":["Warn","Deny","Allow"],"maxLength":16},"exemptions":{"type":"array","maxItems":64,"items":{"type":"object","minProperties":2,"required":["reason"],"properties":{"namespaceSelector":{"type":"object","properties":{"matchLabels":{"type":"object","maxProperties":32,"additionalProperties":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}},"matchExpressions":{"type":"array","maxItems":32,"items":{"type":"object","required":["key","operator"],"properties":{"key":{"type":"string","pattern":"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$","minLength":1,"maxLength":317},"operator":{"type":"string","enum":["In","NotIn","Exists","DoesNotExist"],"maxLength":16},"values":{"type":"array","maxItems":64,"items":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}}},"additionalProperties":false}}},"additionalProperties":false},"podSelector":{"type":"object","properties":{"matchLabels":{"type":"object","maxProperties":32,"additionalProperties":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}},"matchExpressions":{"type":"array","maxItems":32,"items":{"type":"object","required":["key","operator"],"properties":{"key":{"type":"string","pattern":"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$","minLength":1,"maxLength":317},"operator":{"type":"string","enum":["In","NotIn","Exists","DoesNotExist"],"maxLength":16},"values":{"type":"array","maxItems":64,"items":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}}},"additionalProperties":false}}},"additionalProperties":false},"reason":{"type":"string","minLength":1,"maxLength":256}},"additionalProperties":false}}},"additionalProperties":false},"nodes":{"type":"object","properties":{"selector":{"type":"object","properties":{"matchLabels":{"type":"object","maxProperties":32,"additionalProperties":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}},"matchExpressions":{"type":"array","maxItems":32,"items":{"type":"object","required":["key","operator"],"properties":{"key":{"type":"string","pattern":"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$","minLength":1,"maxLength":317},"operator":{"type":"string","enum":["In","NotIn","Exists","DoesNotExist"],"maxLength":16},"values":{"type":"array","maxItems":64,"items":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63}}},"additionalProperties":false}}},"additionalProperties":false},"onForbiddenDevice":{"type":"string","enum":["Report","Taint"],"maxLength":16},"taint":{"type":"object","properties":{"key":{"type":"string","pattern":"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$","minLength":1,"maxLength":317},"value":{"type":"string","pattern":"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$","maxLength":63},"effect":{"type":"string","enum":["NoSchedule","PreferNoSchedule"],"maxLength":32}},"additionalProperties":false}},"additionalProperties":false},"proofs":{"type":"array","maxItems":32,"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$","minLength":1,"maxLength":63},"timeout":{"type":"string","pattern":"^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$","minLength":2,"maxLength":32},"nvml":{"type":"object","properties":{"match":{"type":"object","minProperties":1,"properties":{"productName":{"type":"string","minLength":1,"maxLength":96},"productNamePattern":{"type":"string","minLength":1,"maxLength":96},"uuid":{"type":"string","pattern":"^(GPU|MIG)-[0-9A-Za-z/-]+$","minLength":5,"maxLength":96},"pciBusId":{"type":"string","pattern":"^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$","maxLength":16},"pciDeviceId":{"type":"string","pattern":"^0[xX][0-9A-Fa-f]{8}$","maxLength":10},"minMemory":{"pattern":"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$","maxLength":24,"minimum":0,"anyOf":[{"type":"integer"},{"type":"string"}]},"maxMemory":{"pattern":"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$","maxLength":24,"minimum":0,"anyOf":[{"type":"integer"},{"type":"string"}]},"computeCapability":{"type":"object","minProperties":1,"properties":{"min":{"type":"string","pattern":"^[0-9]{1,3}\\.[0-9]$","maxLength":8},"max":{"type":"string","pattern":"^[0-9]{1,3}\\.[0-9]$","maxLength":8}},"additionalProperties":false},"mig":{"type":"string","enum":["Enabled","Disabled"],"maxLength":16}},"additionalProperties":false},"minDevices":{"type":"integer","minimum":0,"maximum":64},"minDriverVersion":{"type":"string","pattern":"^[0-9]{1,5}(\\.[0-9]{1,5}){0,3}$","maxLength":32}},"additionalProperties":false},"exec":{"type":"object","required":["command","line"],"properties":{"command":{"type":"array","minItems":1,"maxItems":64,"items":{"type":"string","pattern":"^[^\\x00]*$","maxLength":4096}},"line":{"type":"string","minLength":1,"maxLength":1024},"exitCode":{"type":"integer","minimum":0,"maximum":255}},"additionalProperties":false},"http":{"type":"object","required":["url"],"properties":{"url":{"type":"string","pattern":"^https?://[^\\s]+$","maxLength":2048},"status":{"type":"integer","minimum":100,"maximum":599},"body":{"type":"string","minLength":1,"maxLength":1024}},"additionalProperties":false},"file":{"type":"object","required":["path"],"properties":{"path":{"type":"string","pattern":"^(([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$","minLength":1,"maxLength":1024},"maxAge":{"type":"string","pattern":"^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$","minLength":2,"maxLength":32},"minSize":{"pattern":"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$","maxLength":24,"minimum":0,"anyOf":[{"type":"integer"},{"type":"string"}]}},"additionalProperties":false},"performance":{"type":"object","required":["command"],"properties":{"command":{"type":"array","minItems":1,"maxItems":64,"items":{"type":"string","pattern":"^[^\\x00]*$","maxLength":4096}},"maxLoss":{"type":"string","pattern":"^[0-9]{1,3}(\\.[0-9]{1,2})?%$","maxLength":8},"runs":{"type":"integer","minimum":1,"maximum":100}},"additionalProperties":false},"memory":{"type":"object","properties":{"maxLeft":{"pattern":"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$","maxLength":24,"minimum":0,"anyOf":[{"type":"integer"},{"type":"string"}]}},"additionalProperties":false}},"additionalProperties":false}}},"additionalProperties":false},"status":{}},"additionalProperties":false};
const func1 = codePointLength;
const func3 = Object.prototype.hasOwnProperty;
const pattern4 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", "u");
const pattern5 = new RegExp("^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$", "u");
const pattern6 = new RegExp("^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$", "u");
const pattern7 = new RegExp("^(GPU|MIG)-[0-9A-Za-z/-]+$", "u");
const pattern8 = new RegExp("^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$", "u");
const pattern9 = new RegExp("^0[xX][0-9A-Fa-f]{8}$", "u");
const pattern10 = new RegExp("^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$", "u");
const pattern12 = new RegExp("^[0-9]{1,3}\\.[0-9]$", "u");
const pattern21 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");
const pattern22 = new RegExp("^[^\\x00-\\x08\\x0A-\\x1F\\x7F]*$", "u");
const pattern23 = new RegExp("^(([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$", "u");
const pattern24 = new RegExp("^[^\\x00-\\x1F\\x7F]+$", "u");
const pattern25 = new RegExp("^(([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$", "u");
const pattern29 = new RegExp("^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$", "u");
const pattern34 = new RegExp("^([1-9][0-9]?|100)%$", "u");
const pattern47 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "u");
const pattern56 = new RegExp("^[0-9]{1,5}(\\.[0-9]{1,5}){0,3}$", "u");
const pattern57 = new RegExp("^[^\\x00]*$", "u");
const pattern58 = new RegExp("^https?://[^\\s]+$", "u");
const pattern63 = new RegExp("^[0-9]{1,3}(\\.[0-9]{1,2})?%$", "u");

function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate20.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"},message:"must have required property '"+"apiVersion"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"},message:"must have required property '"+"kind"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"},message:"must have required property '"+"metadata"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"},message:"must have required property '"+"spec"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec")) || (key0 === "status"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(!(data0 === "gpupolicy.dev/v1alpha1")){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/enum",keyword:"enum",params:{allowedValues: schema31.properties.apiVersion.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(typeof data0 === "string"){
if(func1(data0) > 64){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(!(data1 === "GpuPolicy")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema31.properties.kind.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(typeof data1 === "string"){
if(func1(data1) > 64){
const err9 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.metadata !== undefined){
let data2 = data.metadata;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.name === undefined){
const err11 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
for(const key1 in data2){
if(!(func3.call(schema31.properties.metadata.properties, key1))){
const err12 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data2.name !== undefined){
let data3 = data2.name;
if(typeof data3 === "string"){
if(func1(data3) > 253){
const err13 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(func1(data3) < 1){
const err14 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern4.test(data3)){
const err15 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"},message:"must match pattern \""+"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"+"\""};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data2.labels !== undefined){
let data4 = data2.labels;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(Object.keys(data4).length > 64){
const err17 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/maxProperties",keyword:"maxProperties",params:{limit: 64},message:"must NOT have more than 64 properties"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
for(const key2 in data4){
let data5 = data4[key2];
if(typeof data5 === "string"){
if(func1(data5) > 63){
const err18 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(!pattern5.test(data5)){
const err19 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data2.annotations !== undefined){
let data6 = data2.annotations;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(Object.keys(data6).length > 64){
const err22 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 64},message:"must NOT have more than 64 properties"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
for(const key3 in data6){
let data7 = data6[key3];
if(typeof data7 === "string"){
if(func1(data7) > 262144){
const err23 = {instancePath:instancePath+"/metadata/annotations/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 262144},message:"must NOT have more than 262144 characters"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/metadata/annotations/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data2.generation !== undefined){
let data8 = data2.generation;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err26 = {instancePath:instancePath+"/metadata/generation",schemaPath:"#/properties/metadata/properties/generation/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 0 || isNaN(data8)){
const err27 = {instancePath:instancePath+"/metadata/generation",schemaPath:"#/properties/metadata/properties/generation/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
if(data2.uid !== undefined){
let data9 = data2.uid;
if(typeof data9 === "string"){
if(func1(data9) > 64){
const err28 = {instancePath:instancePath+"/metadata/uid",schemaPath:"#/properties/metadata/properties/uid/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/metadata/uid",schemaPath:"#/properties/metadata/properties/uid/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data2.resourceVersion !== undefined){
let data10 = data2.resourceVersion;
if(typeof data10 === "string"){
if(func1(data10) > 64){
const err30 = {instancePath:instancePath+"/metadata/resourceVersion",schemaPath:"#/properties/metadata/properties/resourceVersion/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/metadata/resourceVersion",schemaPath:"#/properties/metadata/properties/resourceVersion/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data2.creationTimestamp !== undefined){
let data11 = data2.creationTimestamp;
if((typeof data11 !== "string") && (data11 !== null)){
const err32 = {instancePath:instancePath+"/metadata/creationTimestamp",schemaPath:"#/properties/metadata/properties/creationTimestamp/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(typeof data11 === "string"){
if(func1(data11) > 64){
const err33 = {instancePath:instancePath+"/metadata/creationTimestamp",schemaPath:"#/properties/metadata/properties/creationTimestamp/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
if(data2.deletionTimestamp !== undefined){
let data12 = data2.deletionTimestamp;
if(typeof data12 === "string"){
if(func1(data12) > 64){
const err34 = {instancePath:instancePath+"/metadata/deletionTimestamp",schemaPath:"#/properties/metadata/properties/deletionTimestamp/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/metadata/deletionTimestamp",schemaPath:"#/properties/metadata/properties/deletionTimestamp/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data2.finalizers !== undefined){
let data13 = data2.finalizers;
if(Array.isArray(data13)){
if(data13.length > 32){
const err36 = {instancePath:instancePath+"/metadata/finalizers",schemaPath:"#/properties/metadata/properties/finalizers/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
const len0 = data13.length;
for(let i0=0; i0<len0; i0++){
let data14 = data13[i0];
if(typeof data14 === "string"){
if(func1(data14) > 253){
const err37 = {instancePath:instancePath+"/metadata/finalizers/" + i0,schemaPath:"#/properties/metadata/properties/finalizers/items/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/metadata/finalizers/" + i0,schemaPath:"#/properties/metadata/properties/finalizers/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/metadata/finalizers",schemaPath:"#/properties/metadata/properties/finalizers/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
else {
const err40 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data.spec !== undefined){
let data15 = data.spec;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
if(data15.mode === undefined){
const err41 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "mode"},message:"must have required property '"+"mode"+"'"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
for(const key4 in data15){
if(!(func3.call(schema31.properties.spec.properties, key4))){
const err42 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data15.mode !== undefined){
let data16 = data15.mode;
if(!((data16 === "Enforce") || (data16 === "Audit"))){
const err43 = {instancePath:instancePath+"/spec/mode",schemaPath:"#/properties/spec/properties/mode/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.mode.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(typeof data16 === "string"){
if(func1(data16) > 16){
const err44 = {instancePath:instancePath+"/spec/mode",schemaPath:"#/properties/spec/properties/mode/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
else {
const err45 = {instancePath:instancePath+"/spec/mode",schemaPath:"#/properties/spec/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data15.suspend !== undefined){
if(typeof data15.suspend !== "boolean"){
const err46 = {instancePath:instancePath+"/spec/suspend",schemaPath:"#/properties/spec/properties/suspend/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data15.interval !== undefined){
let data18 = data15.interval;
if(typeof data18 === "string"){
if(func1(data18) > 32){
const err47 = {instancePath:instancePath+"/spec/interval",schemaPath:"#/properties/spec/properties/interval/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(func1(data18) < 2){
const err48 = {instancePath:instancePath+"/spec/interval",schemaPath:"#/properties/spec/properties/interval/minLength",keyword:"minLength",params:{limit: 2},message:"must NOT have fewer than 2 characters"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(!pattern6.test(data18)){
const err49 = {instancePath:instancePath+"/spec/interval",schemaPath:"#/properties/spec/properties/interval/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$"},message:"must match pattern \""+"^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$"+"\""};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/spec/interval",schemaPath:"#/properties/spec/properties/interval/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data15.devices !== undefined){
let data19 = data15.devices;
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
for(const key5 in data19){
if(!((key5 === "allow") || (key5 === "deny"))){
const err51 = {instancePath:instancePath+"/spec/devices",schemaPath:"#/properties/spec/properties/devices/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data19.allow !== undefined){
let data20 = data19.allow;
if(Array.isArray(data20)){
if(data20.length > 64){
const err52 = {instancePath:instancePath+"/spec/devices/allow",schemaPath:"#/properties/spec/properties/devices/properties/allow/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(data20.length < 1){
const err53 = {instancePath:instancePath+"/spec/devices/allow",schemaPath:"#/properties/spec/properties/devices/properties/allow/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
const len1 = data20.length;
for(let i1=0; i1<len1; i1++){
let data21 = data20[i1];
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
if(Object.keys(data21).length < 1){
const err54 = {instancePath:instancePath+"/spec/devices/allow/" + i1,schemaPath:"#/properties/spec/properties/devices/properties/allow/items/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
for(const key6 in data21){
if(!(func3.call(schema31.properties.spec.properties.devices.properties.allow.items.properties, key6))){
const err55 = {instancePath:instancePath+"/spec/devices/allow/" + i1,schemaPath:"#/properties/spec/properties/devices/properties/allow/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data21.productName !== undefined){
let data22 = data21.productName;
if(typeof data22 === "string"){
if(func1(data22) > 96){
const err56 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/productName",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/productName/maxLength",keyword:"maxLength",params:{limit: 96},message:"must NOT have more than 96 characters"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if(func1(data22) < 1){
const err57 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/productName",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/productName/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
else {
const err58 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/productName",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/productName/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data21.productNamePattern !== undefined){
let data23 = data21.productNamePattern;
if(typeof data23 === "string"){
if(func1(data23) > 96){
const err59 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/productNamePattern",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/productNamePattern/maxLength",keyword:"maxLength",params:{limit: 96},message:"must NOT have more than 96 characters"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(func1(data23) < 1){
const err60 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/productNamePattern",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/productNamePattern/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
else {
const err61 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/productNamePattern",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/productNamePattern/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data21.uuid !== undefined){
let data24 = data21.uuid;
if(typeof data24 === "string"){
if(func1(data24) > 96){
const err62 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/uuid",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/uuid/maxLength",keyword:"maxLength",params:{limit: 96},message:"must NOT have more than 96 characters"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(func1(data24) < 5){
const err63 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/uuid",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/uuid/minLength",keyword:"minLength",params:{limit: 5},message:"must NOT have fewer than 5 characters"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
if(!pattern7.test(data24)){
const err64 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/uuid",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/uuid/pattern",keyword:"pattern",params:{pattern: "^(GPU|MIG)-[0-9A-Za-z/-]+$"},message:"must match pattern \""+"^(GPU|MIG)-[0-9A-Za-z/-]+$"+"\""};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
else {
const err65 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/uuid",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/uuid/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
if(data21.pciBusId !== undefined){
let data25 = data21.pciBusId;
if(typeof data25 === "string"){
if(func1(data25) > 16){
const err66 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/pciBusId",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/pciBusId/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
if(!pattern8.test(data25)){
const err67 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/pciBusId",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/pciBusId/pattern",keyword:"pattern",params:{pattern: "^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$"},message:"must match pattern \""+"^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$"+"\""};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
else {
const err68 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/pciBusId",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/pciBusId/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data21.pciDeviceId !== undefined){
let data26 = data21.pciDeviceId;
if(typeof data26 === "string"){
if(func1(data26) > 10){
const err69 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/pciDeviceId",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/pciDeviceId/maxLength",keyword:"maxLength",params:{limit: 10},message:"must NOT have more than 10 characters"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if(!pattern9.test(data26)){
const err70 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/pciDeviceId",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/pciDeviceId/pattern",keyword:"pattern",params:{pattern: "^0[xX][0-9A-Fa-f]{8}$"},message:"must match pattern \""+"^0[xX][0-9A-Fa-f]{8}$"+"\""};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
else {
const err71 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/pciDeviceId",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/pciDeviceId/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
if(data21.minMemory !== undefined){
let data27 = data21.minMemory;
const _errs64 = errors;
let valid11 = false;
const _errs65 = errors;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
const err72 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/minMemory/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
var _valid0 = _errs65 === errors;
valid11 = valid11 || _valid0;
const _errs67 = errors;
if(typeof data27 !== "string"){
const err73 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/minMemory/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
var _valid0 = _errs67 === errors;
valid11 = valid11 || _valid0;
if(!valid11){
const err74 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/minMemory/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
else {
errors = _errs64;
if(vErrors !== null){
if(_errs64){
vErrors.length = _errs64;
}
else {
vErrors = null;
}
}
}
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 < 0 || isNaN(data27)){
const err75 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/minMemory/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
if(typeof data27 === "string"){
if(func1(data27) > 24){
const err76 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/minMemory/maxLength",keyword:"maxLength",params:{limit: 24},message:"must NOT have more than 24 characters"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if(!pattern10.test(data27)){
const err77 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/minMemory/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"},message:"must match pattern \""+"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"+"\""};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
}
if(data21.maxMemory !== undefined){
let data28 = data21.maxMemory;
const _errs70 = errors;
let valid12 = false;
const _errs71 = errors;
if(!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28)))){
const err78 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/maxMemory/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
var _valid1 = _errs71 === errors;
valid12 = valid12 || _valid1;
const _errs73 = errors;
if(typeof data28 !== "string"){
const err79 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/maxMemory/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
var _valid1 = _errs73 === errors;
valid12 = valid12 || _valid1;
if(!valid12){
const err80 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/maxMemory/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
else {
errors = _errs70;
if(vErrors !== null){
if(_errs70){
vErrors.length = _errs70;
}
else {
vErrors = null;
}
}
}
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 < 0 || isNaN(data28)){
const err81 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/maxMemory/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(typeof data28 === "string"){
if(func1(data28) > 24){
const err82 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/maxMemory/maxLength",keyword:"maxLength",params:{limit: 24},message:"must NOT have more than 24 characters"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
if(!pattern10.test(data28)){
const err83 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/maxMemory/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"},message:"must match pattern \""+"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"+"\""};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
}
if(data21.computeCapability !== undefined){
let data29 = data21.computeCapability;
if(data29 && typeof data29 == "object" && !Array.isArray(data29)){
if(Object.keys(data29).length < 1){
const err84 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/computeCapability",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/computeCapability/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
for(const key7 in data29){
if(!((key7 === "min") || (key7 === "max"))){
const err85 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/computeCapability",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/computeCapability/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
if(data29.min !== undefined){
let data30 = data29.min;
if(typeof data30 === "string"){
if(func1(data30) > 8){
const err86 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/computeCapability/min",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/computeCapability/properties/min/maxLength",keyword:"maxLength",params:{limit: 8},message:"must NOT have more than 8 characters"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
if(!pattern12.test(data30)){
const err87 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/computeCapability/min",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/computeCapability/properties/min/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,3}\\.[0-9]$"},message:"must match pattern \""+"^[0-9]{1,3}\\.[0-9]$"+"\""};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
else {
const err88 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/computeCapability/min",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/computeCapability/properties/min/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(data29.max !== undefined){
let data31 = data29.max;
if(typeof data31 === "string"){
if(func1(data31) > 8){
const err89 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/computeCapability/max",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/computeCapability/properties/max/maxLength",keyword:"maxLength",params:{limit: 8},message:"must NOT have more than 8 characters"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if(!pattern12.test(data31)){
const err90 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/computeCapability/max",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/computeCapability/properties/max/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,3}\\.[0-9]$"},message:"must match pattern \""+"^[0-9]{1,3}\\.[0-9]$"+"\""};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
else {
const err91 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/computeCapability/max",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/computeCapability/properties/max/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
}
else {
const err92 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/computeCapability",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/computeCapability/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
if(data21.mig !== undefined){
let data32 = data21.mig;
if(!((data32 === "Enabled") || (data32 === "Disabled"))){
const err93 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/mig",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/mig/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.devices.properties.allow.items.properties.mig.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
if(typeof data32 === "string"){
if(func1(data32) > 16){
const err94 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/mig",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/mig/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
else {
const err95 = {instancePath:instancePath+"/spec/devices/allow/" + i1+"/mig",schemaPath:"#/properties/spec/properties/devices/properties/allow/items/properties/mig/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
}
else {
const err96 = {instancePath:instancePath+"/spec/devices/allow/" + i1,schemaPath:"#/properties/spec/properties/devices/properties/allow/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
}
else {
const err97 = {instancePath:instancePath+"/spec/devices/allow",schemaPath:"#/properties/spec/properties/devices/properties/allow/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data19.deny !== undefined){
let data33 = data19.deny;
if(Array.isArray(data33)){
if(data33.length > 64){
const err98 = {instancePath:instancePath+"/spec/devices/deny",schemaPath:"#/properties/spec/properties/devices/properties/deny/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
const len2 = data33.length;
for(let i2=0; i2<len2; i2++){
let data34 = data33[i2];
if(data34 && typeof data34 == "object" && !Array.isArray(data34)){
if(Object.keys(data34).length < 1){
const err99 = {instancePath:instancePath+"/spec/devices/deny/" + i2,schemaPath:"#/properties/spec/properties/devices/properties/deny/items/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
for(const key8 in data34){
if(!(func3.call(schema31.properties.spec.properties.devices.properties.deny.items.properties, key8))){
const err100 = {instancePath:instancePath+"/spec/devices/deny/" + i2,schemaPath:"#/properties/spec/properties/devices/properties/deny/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
if(data34.productName !== undefined){
let data35 = data34.productName;
if(typeof data35 === "string"){
if(func1(data35) > 96){
const err101 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/productName",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/productName/maxLength",keyword:"maxLength",params:{limit: 96},message:"must NOT have more than 96 characters"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
if(func1(data35) < 1){
const err102 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/productName",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/productName/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
else {
const err103 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/productName",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/productName/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
if(data34.productNamePattern !== undefined){
let data36 = data34.productNamePattern;
if(typeof data36 === "string"){
if(func1(data36) > 96){
const err104 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/productNamePattern",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/productNamePattern/maxLength",keyword:"maxLength",params:{limit: 96},message:"must NOT have more than 96 characters"};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
if(func1(data36) < 1){
const err105 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/productNamePattern",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/productNamePattern/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
else {
const err106 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/productNamePattern",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/productNamePattern/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
if(data34.uuid !== undefined){
let data37 = data34.uuid;
if(typeof data37 === "string"){
if(func1(data37) > 96){
const err107 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/uuid",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/uuid/maxLength",keyword:"maxLength",params:{limit: 96},message:"must NOT have more than 96 characters"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
if(func1(data37) < 5){
const err108 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/uuid",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/uuid/minLength",keyword:"minLength",params:{limit: 5},message:"must NOT have fewer than 5 characters"};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
if(!pattern7.test(data37)){
const err109 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/uuid",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/uuid/pattern",keyword:"pattern",params:{pattern: "^(GPU|MIG)-[0-9A-Za-z/-]+$"},message:"must match pattern \""+"^(GPU|MIG)-[0-9A-Za-z/-]+$"+"\""};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
else {
const err110 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/uuid",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/uuid/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
if(data34.pciBusId !== undefined){
let data38 = data34.pciBusId;
if(typeof data38 === "string"){
if(func1(data38) > 16){
const err111 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/pciBusId",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/pciBusId/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
if(!pattern8.test(data38)){
const err112 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/pciBusId",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/pciBusId/pattern",keyword:"pattern",params:{pattern: "^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$"},message:"must match pattern \""+"^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$"+"\""};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
else {
const err113 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/pciBusId",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/pciBusId/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
if(data34.pciDeviceId !== undefined){
let data39 = data34.pciDeviceId;
if(typeof data39 === "string"){
if(func1(data39) > 10){
const err114 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/pciDeviceId",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/pciDeviceId/maxLength",keyword:"maxLength",params:{limit: 10},message:"must NOT have more than 10 characters"};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
if(!pattern9.test(data39)){
const err115 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/pciDeviceId",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/pciDeviceId/pattern",keyword:"pattern",params:{pattern: "^0[xX][0-9A-Fa-f]{8}$"},message:"must match pattern \""+"^0[xX][0-9A-Fa-f]{8}$"+"\""};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
else {
const err116 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/pciDeviceId",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/pciDeviceId/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
if(data34.minMemory !== undefined){
let data40 = data34.minMemory;
const _errs100 = errors;
let valid17 = false;
const _errs101 = errors;
if(!(((typeof data40 == "number") && (!(data40 % 1) && !isNaN(data40))) && (isFinite(data40)))){
const err117 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/minMemory/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
var _valid2 = _errs101 === errors;
valid17 = valid17 || _valid2;
const _errs103 = errors;
if(typeof data40 !== "string"){
const err118 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/minMemory/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
var _valid2 = _errs103 === errors;
valid17 = valid17 || _valid2;
if(!valid17){
const err119 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/minMemory/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
else {
errors = _errs100;
if(vErrors !== null){
if(_errs100){
vErrors.length = _errs100;
}
else {
vErrors = null;
}
}
}
if((typeof data40 == "number") && (isFinite(data40))){
if(data40 < 0 || isNaN(data40)){
const err120 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/minMemory/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
if(typeof data40 === "string"){
if(func1(data40) > 24){
const err121 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/minMemory/maxLength",keyword:"maxLength",params:{limit: 24},message:"must NOT have more than 24 characters"};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
if(!pattern10.test(data40)){
const err122 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/minMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/minMemory/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"},message:"must match pattern \""+"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"+"\""};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
}
if(data34.maxMemory !== undefined){
let data41 = data34.maxMemory;
const _errs106 = errors;
let valid18 = false;
const _errs107 = errors;
if(!(((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41))) && (isFinite(data41)))){
const err123 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/maxMemory/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
var _valid3 = _errs107 === errors;
valid18 = valid18 || _valid3;
const _errs109 = errors;
if(typeof data41 !== "string"){
const err124 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/maxMemory/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
var _valid3 = _errs109 === errors;
valid18 = valid18 || _valid3;
if(!valid18){
const err125 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/maxMemory/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
else {
errors = _errs106;
if(vErrors !== null){
if(_errs106){
vErrors.length = _errs106;
}
else {
vErrors = null;
}
}
}
if((typeof data41 == "number") && (isFinite(data41))){
if(data41 < 0 || isNaN(data41)){
const err126 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/maxMemory/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
if(typeof data41 === "string"){
if(func1(data41) > 24){
const err127 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/maxMemory/maxLength",keyword:"maxLength",params:{limit: 24},message:"must NOT have more than 24 characters"};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
if(!pattern10.test(data41)){
const err128 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/maxMemory",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/maxMemory/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"},message:"must match pattern \""+"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"+"\""};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
}
if(data34.computeCapability !== undefined){
let data42 = data34.computeCapability;
if(data42 && typeof data42 == "object" && !Array.isArray(data42)){
if(Object.keys(data42).length < 1){
const err129 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/computeCapability",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/computeCapability/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties"};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
for(const key9 in data42){
if(!((key9 === "min") || (key9 === "max"))){
const err130 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/computeCapability",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/computeCapability/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
if(data42.min !== undefined){
let data43 = data42.min;
if(typeof data43 === "string"){
if(func1(data43) > 8){
const err131 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/computeCapability/min",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/computeCapability/properties/min/maxLength",keyword:"maxLength",params:{limit: 8},message:"must NOT have more than 8 characters"};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
if(!pattern12.test(data43)){
const err132 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/computeCapability/min",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/computeCapability/properties/min/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,3}\\.[0-9]$"},message:"must match pattern \""+"^[0-9]{1,3}\\.[0-9]$"+"\""};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
else {
const err133 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/computeCapability/min",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/computeCapability/properties/min/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
if(data42.max !== undefined){
let data44 = data42.max;
if(typeof data44 === "string"){
if(func1(data44) > 8){
const err134 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/computeCapability/max",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/computeCapability/properties/max/maxLength",keyword:"maxLength",params:{limit: 8},message:"must NOT have more than 8 characters"};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
if(!pattern12.test(data44)){
const err135 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/computeCapability/max",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/computeCapability/properties/max/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,3}\\.[0-9]$"},message:"must match pattern \""+"^[0-9]{1,3}\\.[0-9]$"+"\""};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
else {
const err136 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/computeCapability/max",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/computeCapability/properties/max/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
}
else {
const err137 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/computeCapability",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/computeCapability/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data34.mig !== undefined){
let data45 = data34.mig;
if(!((data45 === "Enabled") || (data45 === "Disabled"))){
const err138 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/mig",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/mig/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.devices.properties.deny.items.properties.mig.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
if(typeof data45 === "string"){
if(func1(data45) > 16){
const err139 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/mig",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/mig/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
else {
const err140 = {instancePath:instancePath+"/spec/devices/deny/" + i2+"/mig",schemaPath:"#/properties/spec/properties/devices/properties/deny/items/properties/mig/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
}
else {
const err141 = {instancePath:instancePath+"/spec/devices/deny/" + i2,schemaPath:"#/properties/spec/properties/devices/properties/deny/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
}
else {
const err142 = {instancePath:instancePath+"/spec/devices/deny",schemaPath:"#/properties/spec/properties/devices/properties/deny/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
}
else {
const err143 = {instancePath:instancePath+"/spec/devices",schemaPath:"#/properties/spec/properties/devices/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
}
if(data15.env !== undefined){
let data46 = data15.env;
if(Array.isArray(data46)){
if(data46.length > 64){
const err144 = {instancePath:instancePath+"/spec/env",schemaPath:"#/properties/spec/properties/env/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
const len3 = data46.length;
for(let i3=0; i3<len3; i3++){
let data47 = data46[i3];
if(data47 && typeof data47 == "object" && !Array.isArray(data47)){
if(data47.name === undefined){
const err145 = {instancePath:instancePath+"/spec/env/" + i3,schemaPath:"#/properties/spec/properties/env/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
for(const key10 in data47){
if(!((((key10 === "name") || (key10 === "value")) || (key10 === "valueFrom")) || (key10 === "targets"))){
const err146 = {instancePath:instancePath+"/spec/env/" + i3,schemaPath:"#/properties/spec/properties/env/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
}
if(data47.name !== undefined){
let data48 = data47.name;
if(typeof data48 === "string"){
if(func1(data48) > 128){
const err147 = {instancePath:instancePath+"/spec/env/" + i3+"/name",schemaPath:"#/properties/spec/properties/env/items/properties/name/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters"};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
if(func1(data48) < 1){
const err148 = {instancePath:instancePath+"/spec/env/" + i3+"/name",schemaPath:"#/properties/spec/properties/env/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
if(!pattern21.test(data48)){
const err149 = {instancePath:instancePath+"/spec/env/" + i3+"/name",schemaPath:"#/properties/spec/properties/env/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\""};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
}
else {
const err150 = {instancePath:instancePath+"/spec/env/" + i3+"/name",schemaPath:"#/properties/spec/properties/env/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
}
if(data47.value !== undefined){
let data49 = data47.value;
if(typeof data49 === "string"){
if(func1(data49) > 4096){
const err151 = {instancePath:instancePath+"/spec/env/" + i3+"/value",schemaPath:"#/properties/spec/properties/env/items/properties/value/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
if(!pattern22.test(data49)){
const err152 = {instancePath:instancePath+"/spec/env/" + i3+"/value",schemaPath:"#/properties/spec/properties/env/items/properties/value/pattern",keyword:"pattern",params:{pattern: "^[^\\x00-\\x08\\x0A-\\x1F\\x7F]*$"},message:"must match pattern \""+"^[^\\x00-\\x08\\x0A-\\x1F\\x7F]*$"+"\""};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
}
else {
const err153 = {instancePath:instancePath+"/spec/env/" + i3+"/value",schemaPath:"#/properties/spec/properties/env/items/properties/value/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
}
if(data47.valueFrom !== undefined){
let data50 = data47.valueFrom;
if(data50 && typeof data50 == "object" && !Array.isArray(data50)){
for(const key11 in data50){
if(!((key11 === "devices") || (key11 === "file"))){
const err154 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
if(data50.devices !== undefined){
let data51 = data50.devices;
if(data51 && typeof data51 == "object" && !Array.isArray(data51)){
if(data51.as === undefined){
const err155 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/devices",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/devices/required",keyword:"required",params:{missingProperty: "as"},message:"must have required property '"+"as"+"'"};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
for(const key12 in data51){
if(!(key12 === "as")){
const err156 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/devices",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/devices/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
}
if(data51.as !== undefined){
let data52 = data51.as;
if(!((data52 === "Index") || (data52 === "UUID"))){
const err157 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/devices/as",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/devices/properties/as/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.env.items.properties.valueFrom.properties.devices.properties.as.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
if(typeof data52 === "string"){
if(func1(data52) > 16){
const err158 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/devices/as",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/devices/properties/as/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
}
else {
const err159 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/devices/as",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/devices/properties/as/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
}
}
else {
const err160 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/devices",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/devices/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
}
if(data50.file !== undefined){
let data53 = data50.file;
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
if(data53.path === undefined){
const err161 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/required",keyword:"required",params:{missingProperty: "path"},message:"must have required property '"+"path"+"'"};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
}
for(const key13 in data53){
if(!(((key13 === "path") || (key13 === "key")) || (key13 === "format"))){
const err162 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
}
if(data53.path !== undefined){
let data54 = data53.path;
if(typeof data54 === "string"){
if(func1(data54) > 1024){
const err163 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/path",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/path/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
if(func1(data54) < 1){
const err164 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/path",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
if(!pattern23.test(data54)){
const err165 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/path",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/path/pattern",keyword:"pattern",params:{pattern: "^(([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$"},message:"must match pattern \""+"^(([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$"+"\""};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
}
else {
const err166 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/path",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
}
if(data53.key !== undefined){
let data55 = data53.key;
if(typeof data55 === "string"){
if(func1(data55) > 253){
const err167 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/key",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/key/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters"};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
if(func1(data55) < 1){
const err168 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/key",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/key/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err168];
}
else {
vErrors.push(err168);
}
errors++;
}
if(!pattern24.test(data55)){
const err169 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/key",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/key/pattern",keyword:"pattern",params:{pattern: "^[^\\x00-\\x1F\\x7F]+$"},message:"must match pattern \""+"^[^\\x00-\\x1F\\x7F]+$"+"\""};
if(vErrors === null){
vErrors = [err169];
}
else {
vErrors.push(err169);
}
errors++;
}
}
else {
const err170 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/key",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/key/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err170];
}
else {
vErrors.push(err170);
}
errors++;
}
}
if(data53.format !== undefined){
let data56 = data53.format;
if(!(((data56 === "Dotenv") || (data56 === "JSON")) || (data56 === "YAML"))){
const err171 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/format",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/format/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.env.items.properties.valueFrom.properties.file.properties.format.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err171];
}
else {
vErrors.push(err171);
}
errors++;
}
if(typeof data56 === "string"){
if(func1(data56) > 16){
const err172 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/format",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/format/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err172];
}
else {
vErrors.push(err172);
}
errors++;
}
}
else {
const err173 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file/format",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/properties/format/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err173];
}
else {
vErrors.push(err173);
}
errors++;
}
}
}
else {
const err174 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom/file",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/properties/file/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err174];
}
else {
vErrors.push(err174);
}
errors++;
}
}
}
else {
const err175 = {instancePath:instancePath+"/spec/env/" + i3+"/valueFrom",schemaPath:"#/properties/spec/properties/env/items/properties/valueFrom/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err175];
}
else {
vErrors.push(err175);
}
errors++;
}
}
if(data47.targets !== undefined){
let data57 = data47.targets;
if(Array.isArray(data57)){
if(data57.length > 2){
const err176 = {instancePath:instancePath+"/spec/env/" + i3+"/targets",schemaPath:"#/properties/spec/properties/env/items/properties/targets/maxItems",keyword:"maxItems",params:{limit: 2},message:"must NOT have more than 2 items"};
if(vErrors === null){
vErrors = [err176];
}
else {
vErrors.push(err176);
}
errors++;
}
if(data57.length < 1){
const err177 = {instancePath:instancePath+"/spec/env/" + i3+"/targets",schemaPath:"#/properties/spec/properties/env/items/properties/targets/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err177];
}
else {
vErrors.push(err177);
}
errors++;
}
const len4 = data57.length;
for(let i4=0; i4<len4; i4++){
let data58 = data57[i4];
if(!((data58 === "Files") || (data58 === "Workloads"))){
const err178 = {instancePath:instancePath+"/spec/env/" + i3+"/targets/" + i4,schemaPath:"#/properties/spec/properties/env/items/properties/targets/items/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.env.items.properties.targets.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err178];
}
else {
vErrors.push(err178);
}
errors++;
}
if(typeof data58 === "string"){
if(func1(data58) > 16){
const err179 = {instancePath:instancePath+"/spec/env/" + i3+"/targets/" + i4,schemaPath:"#/properties/spec/properties/env/items/properties/targets/items/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err179];
}
else {
vErrors.push(err179);
}
errors++;
}
}
else {
const err180 = {instancePath:instancePath+"/spec/env/" + i3+"/targets/" + i4,schemaPath:"#/properties/spec/properties/env/items/properties/targets/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err180];
}
else {
vErrors.push(err180);
}
errors++;
}
}
}
else {
const err181 = {instancePath:instancePath+"/spec/env/" + i3+"/targets",schemaPath:"#/properties/spec/properties/env/items/properties/targets/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err181];
}
else {
vErrors.push(err181);
}
errors++;
}
}
}
else {
const err182 = {instancePath:instancePath+"/spec/env/" + i3,schemaPath:"#/properties/spec/properties/env/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err182];
}
else {
vErrors.push(err182);
}
errors++;
}
}
}
else {
const err183 = {instancePath:instancePath+"/spec/env",schemaPath:"#/properties/spec/properties/env/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err183];
}
else {
vErrors.push(err183);
}
errors++;
}
}
if(data15.files !== undefined){
let data59 = data15.files;
if(Array.isArray(data59)){
if(data59.length > 32){
const err184 = {instancePath:instancePath+"/spec/files",schemaPath:"#/properties/spec/properties/files/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items"};
if(vErrors === null){
vErrors = [err184];
}
else {
vErrors.push(err184);
}
errors++;
}
const len5 = data59.length;
for(let i5=0; i5<len5; i5++){
let data60 = data59[i5];
if(data60 && typeof data60 == "object" && !Array.isArray(data60)){
if(data60.include === undefined){
const err185 = {instancePath:instancePath+"/spec/files/" + i5,schemaPath:"#/properties/spec/properties/files/items/required",keyword:"required",params:{missingProperty: "include"},message:"must have required property '"+"include"+"'"};
if(vErrors === null){
vErrors = [err185];
}
else {
vErrors.push(err185);
}
errors++;
}
for(const key14 in data60){
if(!(((((key14 === "include") || (key14 === "exclude")) || (key14 === "defaultExcludes")) || (key14 === "deviceOrdinal")) || (key14 === "gpuLibraries"))){
const err186 = {instancePath:instancePath+"/spec/files/" + i5,schemaPath:"#/properties/spec/properties/files/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key14},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err186];
}
else {
vErrors.push(err186);
}
errors++;
}
}
if(data60.include !== undefined){
let data61 = data60.include;
if(Array.isArray(data61)){
if(data61.length > 256){
const err187 = {instancePath:instancePath+"/spec/files/" + i5+"/include",schemaPath:"#/properties/spec/properties/files/items/properties/include/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err187];
}
else {
vErrors.push(err187);
}
errors++;
}
if(data61.length < 1){
const err188 = {instancePath:instancePath+"/spec/files/" + i5+"/include",schemaPath:"#/properties/spec/properties/files/items/properties/include/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err188];
}
else {
vErrors.push(err188);
}
errors++;
}
const len6 = data61.length;
for(let i6=0; i6<len6; i6++){
let data62 = data61[i6];
if(typeof data62 === "string"){
if(func1(data62) > 1024){
const err189 = {instancePath:instancePath+"/spec/files/" + i5+"/include/" + i6,schemaPath:"#/properties/spec/properties/files/items/properties/include/items/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err189];
}
else {
vErrors.push(err189);
}
errors++;
}
if(func1(data62) < 1){
const err190 = {instancePath:instancePath+"/spec/files/" + i5+"/include/" + i6,schemaPath:"#/properties/spec/properties/files/items/properties/include/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err190];
}
else {
vErrors.push(err190);
}
errors++;
}
if(!pattern25.test(data62)){
const err191 = {instancePath:instancePath+"/spec/files/" + i5+"/include/" + i6,schemaPath:"#/properties/spec/properties/files/items/properties/include/items/pattern",keyword:"pattern",params:{pattern: "^(([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$"},message:"must match pattern \""+"^(([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$"+"\""};
if(vErrors === null){
vErrors = [err191];
}
else {
vErrors.push(err191);
}
errors++;
}
}
else {
const err192 = {instancePath:instancePath+"/spec/files/" + i5+"/include/" + i6,schemaPath:"#/properties/spec/properties/files/items/properties/include/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err192];
}
else {
vErrors.push(err192);
}
errors++;
}
}
}
else {
const err193 = {instancePath:instancePath+"/spec/files/" + i5+"/include",schemaPath:"#/properties/spec/properties/files/items/properties/include/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err193];
}
else {
vErrors.push(err193);
}
errors++;
}
}
if(data60.exclude !== undefined){
let data63 = data60.exclude;
if(Array.isArray(data63)){
if(data63.length > 256){
const err194 = {instancePath:instancePath+"/spec/files/" + i5+"/exclude",schemaPath:"#/properties/spec/properties/files/items/properties/exclude/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err194];
}
else {
vErrors.push(err194);
}
errors++;
}
const len7 = data63.length;
for(let i7=0; i7<len7; i7++){
let data64 = data63[i7];
if(typeof data64 === "string"){
if(func1(data64) > 1024){
const err195 = {instancePath:instancePath+"/spec/files/" + i5+"/exclude/" + i7,schemaPath:"#/properties/spec/properties/files/items/properties/exclude/items/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err195];
}
else {
vErrors.push(err195);
}
errors++;
}
if(func1(data64) < 1){
const err196 = {instancePath:instancePath+"/spec/files/" + i5+"/exclude/" + i7,schemaPath:"#/properties/spec/properties/files/items/properties/exclude/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err196];
}
else {
vErrors.push(err196);
}
errors++;
}
if(!pattern25.test(data64)){
const err197 = {instancePath:instancePath+"/spec/files/" + i5+"/exclude/" + i7,schemaPath:"#/properties/spec/properties/files/items/properties/exclude/items/pattern",keyword:"pattern",params:{pattern: "^(([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$"},message:"must match pattern \""+"^(([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$"+"\""};
if(vErrors === null){
vErrors = [err197];
}
else {
vErrors.push(err197);
}
errors++;
}
}
else {
const err198 = {instancePath:instancePath+"/spec/files/" + i5+"/exclude/" + i7,schemaPath:"#/properties/spec/properties/files/items/properties/exclude/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err198];
}
else {
vErrors.push(err198);
}
errors++;
}
}
}
else {
const err199 = {instancePath:instancePath+"/spec/files/" + i5+"/exclude",schemaPath:"#/properties/spec/properties/files/items/properties/exclude/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err199];
}
else {
vErrors.push(err199);
}
errors++;
}
}
if(data60.defaultExcludes !== undefined){
if(typeof data60.defaultExcludes !== "boolean"){
const err200 = {instancePath:instancePath+"/spec/files/" + i5+"/defaultExcludes",schemaPath:"#/properties/spec/properties/files/items/properties/defaultExcludes/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err200];
}
else {
vErrors.push(err200);
}
errors++;
}
}
if(data60.deviceOrdinal !== undefined){
let data66 = data60.deviceOrdinal;
if(!(((typeof data66 == "number") && (!(data66 % 1) && !isNaN(data66))) && (isFinite(data66)))){
const err201 = {instancePath:instancePath+"/spec/files/" + i5+"/deviceOrdinal",schemaPath:"#/properties/spec/properties/files/items/properties/deviceOrdinal/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err201];
}
else {
vErrors.push(err201);
}
errors++;
}
if((typeof data66 == "number") && (isFinite(data66))){
if(data66 > 0 || isNaN(data66)){
const err202 = {instancePath:instancePath+"/spec/files/" + i5+"/deviceOrdinal",schemaPath:"#/properties/spec/properties/files/items/properties/deviceOrdinal/maximum",keyword:"maximum",params:{comparison: "<=", limit: 0},message:"must be <= 0"};
if(vErrors === null){
vErrors = [err202];
}
else {
vErrors.push(err202);
}
errors++;
}
if(data66 < 0 || isNaN(data66)){
const err203 = {instancePath:instancePath+"/spec/files/" + i5+"/deviceOrdinal",schemaPath:"#/properties/spec/properties/files/items/properties/deviceOrdinal/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err203];
}
else {
vErrors.push(err203);
}
errors++;
}
}
}
if(data60.gpuLibraries !== undefined){
let data67 = data60.gpuLibraries;
if(Array.isArray(data67)){
if(data67.length > 256){
const err204 = {instancePath:instancePath+"/spec/files/" + i5+"/gpuLibraries",schemaPath:"#/properties/spec/properties/files/items/properties/gpuLibraries/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err204];
}
else {
vErrors.push(err204);
}
errors++;
}
const len8 = data67.length;
for(let i8=0; i8<len8; i8++){
let data68 = data67[i8];
if(typeof data68 === "string"){
if(func1(data68) > 128){
const err205 = {instancePath:instancePath+"/spec/files/" + i5+"/gpuLibraries/" + i8,schemaPath:"#/properties/spec/properties/files/items/properties/gpuLibraries/items/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters"};
if(vErrors === null){
vErrors = [err205];
}
else {
vErrors.push(err205);
}
errors++;
}
if(func1(data68) < 1){
const err206 = {instancePath:instancePath+"/spec/files/" + i5+"/gpuLibraries/" + i8,schemaPath:"#/properties/spec/properties/files/items/properties/gpuLibraries/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err206];
}
else {
vErrors.push(err206);
}
errors++;
}
if(!pattern21.test(data68)){
const err207 = {instancePath:instancePath+"/spec/files/" + i5+"/gpuLibraries/" + i8,schemaPath:"#/properties/spec/properties/files/items/properties/gpuLibraries/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]*$"+"\""};
if(vErrors === null){
vErrors = [err207];
}
else {
vErrors.push(err207);
}
errors++;
}
}
else {
const err208 = {instancePath:instancePath+"/spec/files/" + i5+"/gpuLibraries/" + i8,schemaPath:"#/properties/spec/properties/files/items/properties/gpuLibraries/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err208];
}
else {
vErrors.push(err208);
}
errors++;
}
}
}
else {
const err209 = {instancePath:instancePath+"/spec/files/" + i5+"/gpuLibraries",schemaPath:"#/properties/spec/properties/files/items/properties/gpuLibraries/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err209];
}
else {
vErrors.push(err209);
}
errors++;
}
}
}
else {
const err210 = {instancePath:instancePath+"/spec/files/" + i5,schemaPath:"#/properties/spec/properties/files/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err210];
}
else {
vErrors.push(err210);
}
errors++;
}
}
}
else {
const err211 = {instancePath:instancePath+"/spec/files",schemaPath:"#/properties/spec/properties/files/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err211];
}
else {
vErrors.push(err211);
}
errors++;
}
}
if(data15.workloads !== undefined){
let data69 = data15.workloads;
if(data69 && typeof data69 == "object" && !Array.isArray(data69)){
for(const key15 in data69){
if(!((((((key15 === "namespaceSelector") || (key15 === "podSelector")) || (key15 === "containers")) || (key15 === "remediation")) || (key15 === "bypass")) || (key15 === "exemptions"))){
const err212 = {instancePath:instancePath+"/spec/workloads",schemaPath:"#/properties/spec/properties/workloads/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key15},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err212];
}
else {
vErrors.push(err212);
}
errors++;
}
}
if(data69.namespaceSelector !== undefined){
let data70 = data69.namespaceSelector;
if(data70 && typeof data70 == "object" && !Array.isArray(data70)){
for(const key16 in data70){
if(!((key16 === "matchLabels") || (key16 === "matchExpressions"))){
const err213 = {instancePath:instancePath+"/spec/workloads/namespaceSelector",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key16},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err213];
}
else {
vErrors.push(err213);
}
errors++;
}
}
if(data70.matchLabels !== undefined){
let data71 = data70.matchLabels;
if(data71 && typeof data71 == "object" && !Array.isArray(data71)){
if(Object.keys(data71).length > 32){
const err214 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchLabels",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchLabels/maxProperties",keyword:"maxProperties",params:{limit: 32},message:"must NOT have more than 32 properties"};
if(vErrors === null){
vErrors = [err214];
}
else {
vErrors.push(err214);
}
errors++;
}
for(const key17 in data71){
let data72 = data71[key17];
if(typeof data72 === "string"){
if(func1(data72) > 63){
const err215 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchLabels/" + key17.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchLabels/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err215];
}
else {
vErrors.push(err215);
}
errors++;
}
if(!pattern5.test(data72)){
const err216 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchLabels/" + key17.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchLabels/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err216];
}
else {
vErrors.push(err216);
}
errors++;
}
}
else {
const err217 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchLabels/" + key17.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchLabels/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err217];
}
else {
vErrors.push(err217);
}
errors++;
}
}
}
else {
const err218 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchLabels",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchLabels/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err218];
}
else {
vErrors.push(err218);
}
errors++;
}
}
if(data70.matchExpressions !== undefined){
let data73 = data70.matchExpressions;
if(Array.isArray(data73)){
if(data73.length > 32){
const err219 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items"};
if(vErrors === null){
vErrors = [err219];
}
else {
vErrors.push(err219);
}
errors++;
}
const len9 = data73.length;
for(let i9=0; i9<len9; i9++){
let data74 = data73[i9];
if(data74 && typeof data74 == "object" && !Array.isArray(data74)){
if(data74.key === undefined){
const err220 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9,schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "key"},message:"must have required property '"+"key"+"'"};
if(vErrors === null){
vErrors = [err220];
}
else {
vErrors.push(err220);
}
errors++;
}
if(data74.operator === undefined){
const err221 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9,schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "operator"},message:"must have required property '"+"operator"+"'"};
if(vErrors === null){
vErrors = [err221];
}
else {
vErrors.push(err221);
}
errors++;
}
for(const key18 in data74){
if(!(((key18 === "key") || (key18 === "operator")) || (key18 === "values"))){
const err222 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9,schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key18},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err222];
}
else {
vErrors.push(err222);
}
errors++;
}
}
if(data74.key !== undefined){
let data75 = data74.key;
if(typeof data75 === "string"){
if(func1(data75) > 317){
const err223 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/key/maxLength",keyword:"maxLength",params:{limit: 317},message:"must NOT have more than 317 characters"};
if(vErrors === null){
vErrors = [err223];
}
else {
vErrors.push(err223);
}
errors++;
}
if(func1(data75) < 1){
const err224 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/key/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err224];
}
else {
vErrors.push(err224);
}
errors++;
}
if(!pattern29.test(data75)){
const err225 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/key/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"},message:"must match pattern \""+"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err225];
}
else {
vErrors.push(err225);
}
errors++;
}
}
else {
const err226 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/key/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err226];
}
else {
vErrors.push(err226);
}
errors++;
}
}
if(data74.operator !== undefined){
let data76 = data74.operator;
if(!((((data76 === "In") || (data76 === "NotIn")) || (data76 === "Exists")) || (data76 === "DoesNotExist"))){
const err227 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/operator/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.workloads.properties.namespaceSelector.properties.matchExpressions.items.properties.operator.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err227];
}
else {
vErrors.push(err227);
}
errors++;
}
if(typeof data76 === "string"){
if(func1(data76) > 16){
const err228 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/operator/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err228];
}
else {
vErrors.push(err228);
}
errors++;
}
}
else {
const err229 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/operator/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err229];
}
else {
vErrors.push(err229);
}
errors++;
}
}
if(data74.values !== undefined){
let data77 = data74.values;
if(Array.isArray(data77)){
if(data77.length > 64){
const err230 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/values",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/values/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err230];
}
else {
vErrors.push(err230);
}
errors++;
}
const len10 = data77.length;
for(let i10=0; i10<len10; i10++){
let data78 = data77[i10];
if(typeof data78 === "string"){
if(func1(data78) > 63){
const err231 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/values/" + i10,schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/values/items/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err231];
}
else {
vErrors.push(err231);
}
errors++;
}
if(!pattern5.test(data78)){
const err232 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/values/" + i10,schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/values/items/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err232];
}
else {
vErrors.push(err232);
}
errors++;
}
}
else {
const err233 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/values/" + i10,schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/values/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err233];
}
else {
vErrors.push(err233);
}
errors++;
}
}
}
else {
const err234 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9+"/values",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/properties/values/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err234];
}
else {
vErrors.push(err234);
}
errors++;
}
}
}
else {
const err235 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions/" + i9,schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err235];
}
else {
vErrors.push(err235);
}
errors++;
}
}
}
else {
const err236 = {instancePath:instancePath+"/spec/workloads/namespaceSelector/matchExpressions",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/properties/matchExpressions/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err236];
}
else {
vErrors.push(err236);
}
errors++;
}
}
}
else {
const err237 = {instancePath:instancePath+"/spec/workloads/namespaceSelector",schemaPath:"#/properties/spec/properties/workloads/properties/namespaceSelector/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err237];
}
else {
vErrors.push(err237);
}
errors++;
}
}
if(data69.podSelector !== undefined){
let data79 = data69.podSelector;
if(data79 && typeof data79 == "object" && !Array.isArray(data79)){
for(const key19 in data79){
if(!((key19 === "matchLabels") || (key19 === "matchExpressions"))){
const err238 = {instancePath:instancePath+"/spec/workloads/podSelector",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key19},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err238];
}
else {
vErrors.push(err238);
}
errors++;
}
}
if(data79.matchLabels !== undefined){
let data80 = data79.matchLabels;
if(data80 && typeof data80 == "object" && !Array.isArray(data80)){
if(Object.keys(data80).length > 32){
const err239 = {instancePath:instancePath+"/spec/workloads/podSelector/matchLabels",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchLabels/maxProperties",keyword:"maxProperties",params:{limit: 32},message:"must NOT have more than 32 properties"};
if(vErrors === null){
vErrors = [err239];
}
else {
vErrors.push(err239);
}
errors++;
}
for(const key20 in data80){
let data81 = data80[key20];
if(typeof data81 === "string"){
if(func1(data81) > 63){
const err240 = {instancePath:instancePath+"/spec/workloads/podSelector/matchLabels/" + key20.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchLabels/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err240];
}
else {
vErrors.push(err240);
}
errors++;
}
if(!pattern5.test(data81)){
const err241 = {instancePath:instancePath+"/spec/workloads/podSelector/matchLabels/" + key20.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchLabels/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err241];
}
else {
vErrors.push(err241);
}
errors++;
}
}
else {
const err242 = {instancePath:instancePath+"/spec/workloads/podSelector/matchLabels/" + key20.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchLabels/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err242];
}
else {
vErrors.push(err242);
}
errors++;
}
}
}
else {
const err243 = {instancePath:instancePath+"/spec/workloads/podSelector/matchLabels",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchLabels/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err243];
}
else {
vErrors.push(err243);
}
errors++;
}
}
if(data79.matchExpressions !== undefined){
let data82 = data79.matchExpressions;
if(Array.isArray(data82)){
if(data82.length > 32){
const err244 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items"};
if(vErrors === null){
vErrors = [err244];
}
else {
vErrors.push(err244);
}
errors++;
}
const len11 = data82.length;
for(let i11=0; i11<len11; i11++){
let data83 = data82[i11];
if(data83 && typeof data83 == "object" && !Array.isArray(data83)){
if(data83.key === undefined){
const err245 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11,schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "key"},message:"must have required property '"+"key"+"'"};
if(vErrors === null){
vErrors = [err245];
}
else {
vErrors.push(err245);
}
errors++;
}
if(data83.operator === undefined){
const err246 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11,schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "operator"},message:"must have required property '"+"operator"+"'"};
if(vErrors === null){
vErrors = [err246];
}
else {
vErrors.push(err246);
}
errors++;
}
for(const key21 in data83){
if(!(((key21 === "key") || (key21 === "operator")) || (key21 === "values"))){
const err247 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11,schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key21},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err247];
}
else {
vErrors.push(err247);
}
errors++;
}
}
if(data83.key !== undefined){
let data84 = data83.key;
if(typeof data84 === "string"){
if(func1(data84) > 317){
const err248 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/key/maxLength",keyword:"maxLength",params:{limit: 317},message:"must NOT have more than 317 characters"};
if(vErrors === null){
vErrors = [err248];
}
else {
vErrors.push(err248);
}
errors++;
}
if(func1(data84) < 1){
const err249 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/key/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err249];
}
else {
vErrors.push(err249);
}
errors++;
}
if(!pattern29.test(data84)){
const err250 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/key/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"},message:"must match pattern \""+"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err250];
}
else {
vErrors.push(err250);
}
errors++;
}
}
else {
const err251 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/key/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err251];
}
else {
vErrors.push(err251);
}
errors++;
}
}
if(data83.operator !== undefined){
let data85 = data83.operator;
if(!((((data85 === "In") || (data85 === "NotIn")) || (data85 === "Exists")) || (data85 === "DoesNotExist"))){
const err252 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/operator/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.workloads.properties.podSelector.properties.matchExpressions.items.properties.operator.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err252];
}
else {
vErrors.push(err252);
}
errors++;
}
if(typeof data85 === "string"){
if(func1(data85) > 16){
const err253 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/operator/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err253];
}
else {
vErrors.push(err253);
}
errors++;
}
}
else {
const err254 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/operator/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err254];
}
else {
vErrors.push(err254);
}
errors++;
}
}
if(data83.values !== undefined){
let data86 = data83.values;
if(Array.isArray(data86)){
if(data86.length > 64){
const err255 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/values",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/values/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err255];
}
else {
vErrors.push(err255);
}
errors++;
}
const len12 = data86.length;
for(let i12=0; i12<len12; i12++){
let data87 = data86[i12];
if(typeof data87 === "string"){
if(func1(data87) > 63){
const err256 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/values/" + i12,schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/values/items/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err256];
}
else {
vErrors.push(err256);
}
errors++;
}
if(!pattern5.test(data87)){
const err257 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/values/" + i12,schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/values/items/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err257];
}
else {
vErrors.push(err257);
}
errors++;
}
}
else {
const err258 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/values/" + i12,schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/values/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err258];
}
else {
vErrors.push(err258);
}
errors++;
}
}
}
else {
const err259 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11+"/values",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/properties/values/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err259];
}
else {
vErrors.push(err259);
}
errors++;
}
}
}
else {
const err260 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions/" + i11,schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err260];
}
else {
vErrors.push(err260);
}
errors++;
}
}
}
else {
const err261 = {instancePath:instancePath+"/spec/workloads/podSelector/matchExpressions",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/properties/matchExpressions/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err261];
}
else {
vErrors.push(err261);
}
errors++;
}
}
}
else {
const err262 = {instancePath:instancePath+"/spec/workloads/podSelector",schemaPath:"#/properties/spec/properties/workloads/properties/podSelector/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err262];
}
else {
vErrors.push(err262);
}
errors++;
}
}
if(data69.containers !== undefined){
let data88 = data69.containers;
if(data88 && typeof data88 == "object" && !Array.isArray(data88)){
for(const key22 in data88){
if(!(key22 === "scope")){
const err263 = {instancePath:instancePath+"/spec/workloads/containers",schemaPath:"#/properties/spec/properties/workloads/properties/containers/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key22},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err263];
}
else {
vErrors.push(err263);
}
errors++;
}
}
if(data88.scope !== undefined){
let data89 = data88.scope;
if(!((data89 === "RequestingGpu") || (data89 === "All"))){
const err264 = {instancePath:instancePath+"/spec/workloads/containers/scope",schemaPath:"#/properties/spec/properties/workloads/properties/containers/properties/scope/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.workloads.properties.containers.properties.scope.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err264];
}
else {
vErrors.push(err264);
}
errors++;
}
if(typeof data89 === "string"){
if(func1(data89) > 16){
const err265 = {instancePath:instancePath+"/spec/workloads/containers/scope",schemaPath:"#/properties/spec/properties/workloads/properties/containers/properties/scope/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err265];
}
else {
vErrors.push(err265);
}
errors++;
}
}
else {
const err266 = {instancePath:instancePath+"/spec/workloads/containers/scope",schemaPath:"#/properties/spec/properties/workloads/properties/containers/properties/scope/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err266];
}
else {
vErrors.push(err266);
}
errors++;
}
}
}
else {
const err267 = {instancePath:instancePath+"/spec/workloads/containers",schemaPath:"#/properties/spec/properties/workloads/properties/containers/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err267];
}
else {
vErrors.push(err267);
}
errors++;
}
}
if(data69.remediation !== undefined){
let data90 = data69.remediation;
if(data90 && typeof data90 == "object" && !Array.isArray(data90)){
for(const key23 in data90){
if(!(((key23 === "type") || (key23 === "maxUnavailable")) || (key23 === "pause"))){
const err268 = {instancePath:instancePath+"/spec/workloads/remediation",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key23},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err268];
}
else {
vErrors.push(err268);
}
errors++;
}
}
if(data90.type !== undefined){
let data91 = data90.type;
if(!(((data91 === "Report") || (data91 === "Restart")) || (data91 === "Evict"))){
const err269 = {instancePath:instancePath+"/spec/workloads/remediation/type",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/type/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.workloads.properties.remediation.properties.type.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err269];
}
else {
vErrors.push(err269);
}
errors++;
}
if(typeof data91 === "string"){
if(func1(data91) > 16){
const err270 = {instancePath:instancePath+"/spec/workloads/remediation/type",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/type/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err270];
}
else {
vErrors.push(err270);
}
errors++;
}
}
else {
const err271 = {instancePath:instancePath+"/spec/workloads/remediation/type",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/type/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err271];
}
else {
vErrors.push(err271);
}
errors++;
}
}
if(data90.maxUnavailable !== undefined){
let data92 = data90.maxUnavailable;
const _errs227 = errors;
let valid54 = false;
const _errs228 = errors;
if(!(((typeof data92 == "number") && (!(data92 % 1) && !isNaN(data92))) && (isFinite(data92)))){
const err272 = {instancePath:instancePath+"/spec/workloads/remediation/maxUnavailable",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/maxUnavailable/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err272];
}
else {
vErrors.push(err272);
}
errors++;
}
var _valid4 = _errs228 === errors;
valid54 = valid54 || _valid4;
const _errs230 = errors;
if(typeof data92 !== "string"){
const err273 = {instancePath:instancePath+"/spec/workloads/remediation/maxUnavailable",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/maxUnavailable/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err273];
}
else {
vErrors.push(err273);
}
errors++;
}
var _valid4 = _errs230 === errors;
valid54 = valid54 || _valid4;
if(!valid54){
const err274 = {instancePath:instancePath+"/spec/workloads/remediation/maxUnavailable",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/maxUnavailable/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err274];
}
else {
vErrors.push(err274);
}
errors++;
}
else {
errors = _errs227;
if(vErrors !== null){
if(_errs227){
vErrors.length = _errs227;
}
else {
vErrors = null;
}
}
}
if((typeof data92 == "number") && (isFinite(data92))){
if(data92 < 1 || isNaN(data92)){
const err275 = {instancePath:instancePath+"/spec/workloads/remediation/maxUnavailable",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/maxUnavailable/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err275];
}
else {
vErrors.push(err275);
}
errors++;
}
}
if(typeof data92 === "string"){
if(func1(data92) > 4){
const err276 = {instancePath:instancePath+"/spec/workloads/remediation/maxUnavailable",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/maxUnavailable/maxLength",keyword:"maxLength",params:{limit: 4},message:"must NOT have more than 4 characters"};
if(vErrors === null){
vErrors = [err276];
}
else {
vErrors.push(err276);
}
errors++;
}
if(!pattern34.test(data92)){
const err277 = {instancePath:instancePath+"/spec/workloads/remediation/maxUnavailable",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/maxUnavailable/pattern",keyword:"pattern",params:{pattern: "^([1-9][0-9]?|100)%$"},message:"must match pattern \""+"^([1-9][0-9]?|100)%$"+"\""};
if(vErrors === null){
vErrors = [err277];
}
else {
vErrors.push(err277);
}
errors++;
}
}
}
if(data90.pause !== undefined){
let data93 = data90.pause;
if(typeof data93 === "string"){
if(func1(data93) > 32){
const err278 = {instancePath:instancePath+"/spec/workloads/remediation/pause",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/pause/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters"};
if(vErrors === null){
vErrors = [err278];
}
else {
vErrors.push(err278);
}
errors++;
}
if(func1(data93) < 2){
const err279 = {instancePath:instancePath+"/spec/workloads/remediation/pause",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/pause/minLength",keyword:"minLength",params:{limit: 2},message:"must NOT have fewer than 2 characters"};
if(vErrors === null){
vErrors = [err279];
}
else {
vErrors.push(err279);
}
errors++;
}
if(!pattern6.test(data93)){
const err280 = {instancePath:instancePath+"/spec/workloads/remediation/pause",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/pause/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$"},message:"must match pattern \""+"^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$"+"\""};
if(vErrors === null){
vErrors = [err280];
}
else {
vErrors.push(err280);
}
errors++;
}
}
else {
const err281 = {instancePath:instancePath+"/spec/workloads/remediation/pause",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/properties/pause/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err281];
}
else {
vErrors.push(err281);
}
errors++;
}
}
}
else {
const err282 = {instancePath:instancePath+"/spec/workloads/remediation",schemaPath:"#/properties/spec/properties/workloads/properties/remediation/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err282];
}
else {
vErrors.push(err282);
}
errors++;
}
}
if(data69.bypass !== undefined){
let data94 = data69.bypass;
if(!(((data94 === "Warn") || (data94 === "Deny")) || (data94 === "Allow"))){
const err283 = {instancePath:instancePath+"/spec/workloads/bypass",schemaPath:"#/properties/spec/properties/workloads/properties/bypass/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.workloads.properties.bypass.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err283];
}
else {
vErrors.push(err283);
}
errors++;
}
if(typeof data94 === "string"){
if(func1(data94) > 16){
const err284 = {instancePath:instancePath+"/spec/workloads/bypass",schemaPath:"#/properties/spec/properties/workloads/properties/bypass/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err284];
}
else {
vErrors.push(err284);
}
errors++;
}
}
else {
const err285 = {instancePath:instancePath+"/spec/workloads/bypass",schemaPath:"#/properties/spec/properties/workloads/properties/bypass/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err285];
}
else {
vErrors.push(err285);
}
errors++;
}
}
if(data69.exemptions !== undefined){
let data95 = data69.exemptions;
if(Array.isArray(data95)){
if(data95.length > 64){
const err286 = {instancePath:instancePath+"/spec/workloads/exemptions",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err286];
}
else {
vErrors.push(err286);
}
errors++;
}
const len13 = data95.length;
for(let i13=0; i13<len13; i13++){
let data96 = data95[i13];
if(data96 && typeof data96 == "object" && !Array.isArray(data96)){
if(Object.keys(data96).length < 2){
const err287 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/minProperties",keyword:"minProperties",params:{limit: 2},message:"must NOT have fewer than 2 properties"};
if(vErrors === null){
vErrors = [err287];
}
else {
vErrors.push(err287);
}
errors++;
}
if(data96.reason === undefined){
const err288 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/required",keyword:"required",params:{missingProperty: "reason"},message:"must have required property '"+"reason"+"'"};
if(vErrors === null){
vErrors = [err288];
}
else {
vErrors.push(err288);
}
errors++;
}
for(const key24 in data96){
if(!(((key24 === "namespaceSelector") || (key24 === "podSelector")) || (key24 === "reason"))){
const err289 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key24},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err289];
}
else {
vErrors.push(err289);
}
errors++;
}
}
if(data96.namespaceSelector !== undefined){
let data97 = data96.namespaceSelector;
if(data97 && typeof data97 == "object" && !Array.isArray(data97)){
for(const key25 in data97){
if(!((key25 === "matchLabels") || (key25 === "matchExpressions"))){
const err290 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key25},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err290];
}
else {
vErrors.push(err290);
}
errors++;
}
}
if(data97.matchLabels !== undefined){
let data98 = data97.matchLabels;
if(data98 && typeof data98 == "object" && !Array.isArray(data98)){
if(Object.keys(data98).length > 32){
const err291 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchLabels",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchLabels/maxProperties",keyword:"maxProperties",params:{limit: 32},message:"must NOT have more than 32 properties"};
if(vErrors === null){
vErrors = [err291];
}
else {
vErrors.push(err291);
}
errors++;
}
for(const key26 in data98){
let data99 = data98[key26];
if(typeof data99 === "string"){
if(func1(data99) > 63){
const err292 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchLabels/" + key26.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchLabels/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err292];
}
else {
vErrors.push(err292);
}
errors++;
}
if(!pattern5.test(data99)){
const err293 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchLabels/" + key26.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchLabels/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err293];
}
else {
vErrors.push(err293);
}
errors++;
}
}
else {
const err294 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchLabels/" + key26.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchLabels/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err294];
}
else {
vErrors.push(err294);
}
errors++;
}
}
}
else {
const err295 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchLabels",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchLabels/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err295];
}
else {
vErrors.push(err295);
}
errors++;
}
}
if(data97.matchExpressions !== undefined){
let data100 = data97.matchExpressions;
if(Array.isArray(data100)){
if(data100.length > 32){
const err296 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items"};
if(vErrors === null){
vErrors = [err296];
}
else {
vErrors.push(err296);
}
errors++;
}
const len14 = data100.length;
for(let i14=0; i14<len14; i14++){
let data101 = data100[i14];
if(data101 && typeof data101 == "object" && !Array.isArray(data101)){
if(data101.key === undefined){
const err297 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "key"},message:"must have required property '"+"key"+"'"};
if(vErrors === null){
vErrors = [err297];
}
else {
vErrors.push(err297);
}
errors++;
}
if(data101.operator === undefined){
const err298 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "operator"},message:"must have required property '"+"operator"+"'"};
if(vErrors === null){
vErrors = [err298];
}
else {
vErrors.push(err298);
}
errors++;
}
for(const key27 in data101){
if(!(((key27 === "key") || (key27 === "operator")) || (key27 === "values"))){
const err299 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key27},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err299];
}
else {
vErrors.push(err299);
}
errors++;
}
}
if(data101.key !== undefined){
let data102 = data101.key;
if(typeof data102 === "string"){
if(func1(data102) > 317){
const err300 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/key/maxLength",keyword:"maxLength",params:{limit: 317},message:"must NOT have more than 317 characters"};
if(vErrors === null){
vErrors = [err300];
}
else {
vErrors.push(err300);
}
errors++;
}
if(func1(data102) < 1){
const err301 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/key/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err301];
}
else {
vErrors.push(err301);
}
errors++;
}
if(!pattern29.test(data102)){
const err302 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/key/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"},message:"must match pattern \""+"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err302];
}
else {
vErrors.push(err302);
}
errors++;
}
}
else {
const err303 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/key/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err303];
}
else {
vErrors.push(err303);
}
errors++;
}
}
if(data101.operator !== undefined){
let data103 = data101.operator;
if(!((((data103 === "In") || (data103 === "NotIn")) || (data103 === "Exists")) || (data103 === "DoesNotExist"))){
const err304 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/operator/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.workloads.properties.exemptions.items.properties.namespaceSelector.properties.matchExpressions.items.properties.operator.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err304];
}
else {
vErrors.push(err304);
}
errors++;
}
if(typeof data103 === "string"){
if(func1(data103) > 16){
const err305 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/operator/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err305];
}
else {
vErrors.push(err305);
}
errors++;
}
}
else {
const err306 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/operator/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err306];
}
else {
vErrors.push(err306);
}
errors++;
}
}
if(data101.values !== undefined){
let data104 = data101.values;
if(Array.isArray(data104)){
if(data104.length > 64){
const err307 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/values",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/values/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err307];
}
else {
vErrors.push(err307);
}
errors++;
}
const len15 = data104.length;
for(let i15=0; i15<len15; i15++){
let data105 = data104[i15];
if(typeof data105 === "string"){
if(func1(data105) > 63){
const err308 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/values/" + i15,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/values/items/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err308];
}
else {
vErrors.push(err308);
}
errors++;
}
if(!pattern5.test(data105)){
const err309 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/values/" + i15,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/values/items/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err309];
}
else {
vErrors.push(err309);
}
errors++;
}
}
else {
const err310 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/values/" + i15,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/values/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err310];
}
else {
vErrors.push(err310);
}
errors++;
}
}
}
else {
const err311 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14+"/values",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/properties/values/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err311];
}
else {
vErrors.push(err311);
}
errors++;
}
}
}
else {
const err312 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions/" + i14,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err312];
}
else {
vErrors.push(err312);
}
errors++;
}
}
}
else {
const err313 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector/matchExpressions",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/properties/matchExpressions/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err313];
}
else {
vErrors.push(err313);
}
errors++;
}
}
}
else {
const err314 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/namespaceSelector",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/namespaceSelector/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err314];
}
else {
vErrors.push(err314);
}
errors++;
}
}
if(data96.podSelector !== undefined){
let data106 = data96.podSelector;
if(data106 && typeof data106 == "object" && !Array.isArray(data106)){
for(const key28 in data106){
if(!((key28 === "matchLabels") || (key28 === "matchExpressions"))){
const err315 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key28},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err315];
}
else {
vErrors.push(err315);
}
errors++;
}
}
if(data106.matchLabels !== undefined){
let data107 = data106.matchLabels;
if(data107 && typeof data107 == "object" && !Array.isArray(data107)){
if(Object.keys(data107).length > 32){
const err316 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchLabels",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchLabels/maxProperties",keyword:"maxProperties",params:{limit: 32},message:"must NOT have more than 32 properties"};
if(vErrors === null){
vErrors = [err316];
}
else {
vErrors.push(err316);
}
errors++;
}
for(const key29 in data107){
let data108 = data107[key29];
if(typeof data108 === "string"){
if(func1(data108) > 63){
const err317 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchLabels/" + key29.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchLabels/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err317];
}
else {
vErrors.push(err317);
}
errors++;
}
if(!pattern5.test(data108)){
const err318 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchLabels/" + key29.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchLabels/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err318];
}
else {
vErrors.push(err318);
}
errors++;
}
}
else {
const err319 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchLabels/" + key29.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchLabels/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err319];
}
else {
vErrors.push(err319);
}
errors++;
}
}
}
else {
const err320 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchLabels",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchLabels/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err320];
}
else {
vErrors.push(err320);
}
errors++;
}
}
if(data106.matchExpressions !== undefined){
let data109 = data106.matchExpressions;
if(Array.isArray(data109)){
if(data109.length > 32){
const err321 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items"};
if(vErrors === null){
vErrors = [err321];
}
else {
vErrors.push(err321);
}
errors++;
}
const len16 = data109.length;
for(let i16=0; i16<len16; i16++){
let data110 = data109[i16];
if(data110 && typeof data110 == "object" && !Array.isArray(data110)){
if(data110.key === undefined){
const err322 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "key"},message:"must have required property '"+"key"+"'"};
if(vErrors === null){
vErrors = [err322];
}
else {
vErrors.push(err322);
}
errors++;
}
if(data110.operator === undefined){
const err323 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "operator"},message:"must have required property '"+"operator"+"'"};
if(vErrors === null){
vErrors = [err323];
}
else {
vErrors.push(err323);
}
errors++;
}
for(const key30 in data110){
if(!(((key30 === "key") || (key30 === "operator")) || (key30 === "values"))){
const err324 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key30},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err324];
}
else {
vErrors.push(err324);
}
errors++;
}
}
if(data110.key !== undefined){
let data111 = data110.key;
if(typeof data111 === "string"){
if(func1(data111) > 317){
const err325 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/key/maxLength",keyword:"maxLength",params:{limit: 317},message:"must NOT have more than 317 characters"};
if(vErrors === null){
vErrors = [err325];
}
else {
vErrors.push(err325);
}
errors++;
}
if(func1(data111) < 1){
const err326 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/key/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err326];
}
else {
vErrors.push(err326);
}
errors++;
}
if(!pattern29.test(data111)){
const err327 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/key/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"},message:"must match pattern \""+"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err327];
}
else {
vErrors.push(err327);
}
errors++;
}
}
else {
const err328 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/key",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/key/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err328];
}
else {
vErrors.push(err328);
}
errors++;
}
}
if(data110.operator !== undefined){
let data112 = data110.operator;
if(!((((data112 === "In") || (data112 === "NotIn")) || (data112 === "Exists")) || (data112 === "DoesNotExist"))){
const err329 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/operator/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.workloads.properties.exemptions.items.properties.podSelector.properties.matchExpressions.items.properties.operator.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err329];
}
else {
vErrors.push(err329);
}
errors++;
}
if(typeof data112 === "string"){
if(func1(data112) > 16){
const err330 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/operator/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err330];
}
else {
vErrors.push(err330);
}
errors++;
}
}
else {
const err331 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/operator",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/operator/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err331];
}
else {
vErrors.push(err331);
}
errors++;
}
}
if(data110.values !== undefined){
let data113 = data110.values;
if(Array.isArray(data113)){
if(data113.length > 64){
const err332 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/values",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/values/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err332];
}
else {
vErrors.push(err332);
}
errors++;
}
const len17 = data113.length;
for(let i17=0; i17<len17; i17++){
let data114 = data113[i17];
if(typeof data114 === "string"){
if(func1(data114) > 63){
const err333 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/values/" + i17,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/values/items/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err333];
}
else {
vErrors.push(err333);
}
errors++;
}
if(!pattern5.test(data114)){
const err334 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/values/" + i17,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/values/items/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err334];
}
else {
vErrors.push(err334);
}
errors++;
}
}
else {
const err335 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/values/" + i17,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/values/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err335];
}
else {
vErrors.push(err335);
}
errors++;
}
}
}
else {
const err336 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16+"/values",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/properties/values/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err336];
}
else {
vErrors.push(err336);
}
errors++;
}
}
}
else {
const err337 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions/" + i16,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err337];
}
else {
vErrors.push(err337);
}
errors++;
}
}
}
else {
const err338 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector/matchExpressions",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/properties/matchExpressions/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err338];
}
else {
vErrors.push(err338);
}
errors++;
}
}
}
else {
const err339 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/podSelector",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/podSelector/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err339];
}
else {
vErrors.push(err339);
}
errors++;
}
}
if(data96.reason !== undefined){
let data115 = data96.reason;
if(typeof data115 === "string"){
if(func1(data115) > 256){
const err340 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/reason",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/reason/maxLength",keyword:"maxLength",params:{limit: 256},message:"must NOT have more than 256 characters"};
if(vErrors === null){
vErrors = [err340];
}
else {
vErrors.push(err340);
}
errors++;
}
if(func1(data115) < 1){
const err341 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/reason",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/reason/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err341];
}
else {
vErrors.push(err341);
}
errors++;
}
}
else {
const err342 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13+"/reason",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/properties/reason/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err342];
}
else {
vErrors.push(err342);
}
errors++;
}
}
}
else {
const err343 = {instancePath:instancePath+"/spec/workloads/exemptions/" + i13,schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err343];
}
else {
vErrors.push(err343);
}
errors++;
}
}
}
else {
const err344 = {instancePath:instancePath+"/spec/workloads/exemptions",schemaPath:"#/properties/spec/properties/workloads/properties/exemptions/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err344];
}
else {
vErrors.push(err344);
}
errors++;
}
}
}
else {
const err345 = {instancePath:instancePath+"/spec/workloads",schemaPath:"#/properties/spec/properties/workloads/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err345];
}
else {
vErrors.push(err345);
}
errors++;
}
}
if(data15.nodes !== undefined){
let data116 = data15.nodes;
if(data116 && typeof data116 == "object" && !Array.isArray(data116)){
for(const key31 in data116){
if(!(((key31 === "selector") || (key31 === "onForbiddenDevice")) || (key31 === "taint"))){
const err346 = {instancePath:instancePath+"/spec/nodes",schemaPath:"#/properties/spec/properties/nodes/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key31},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err346];
}
else {
vErrors.push(err346);
}
errors++;
}
}
if(data116.selector !== undefined){
let data117 = data116.selector;
if(data117 && typeof data117 == "object" && !Array.isArray(data117)){
for(const key32 in data117){
if(!((key32 === "matchLabels") || (key32 === "matchExpressions"))){
const err347 = {instancePath:instancePath+"/spec/nodes/selector",schemaPath:"#/properties/spec/properties/nodes/properties/selector/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key32},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err347];
}
else {
vErrors.push(err347);
}
errors++;
}
}
if(data117.matchLabels !== undefined){
let data118 = data117.matchLabels;
if(data118 && typeof data118 == "object" && !Array.isArray(data118)){
if(Object.keys(data118).length > 32){
const err348 = {instancePath:instancePath+"/spec/nodes/selector/matchLabels",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchLabels/maxProperties",keyword:"maxProperties",params:{limit: 32},message:"must NOT have more than 32 properties"};
if(vErrors === null){
vErrors = [err348];
}
else {
vErrors.push(err348);
}
errors++;
}
for(const key33 in data118){
let data119 = data118[key33];
if(typeof data119 === "string"){
if(func1(data119) > 63){
const err349 = {instancePath:instancePath+"/spec/nodes/selector/matchLabels/" + key33.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchLabels/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err349];
}
else {
vErrors.push(err349);
}
errors++;
}
if(!pattern5.test(data119)){
const err350 = {instancePath:instancePath+"/spec/nodes/selector/matchLabels/" + key33.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchLabels/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err350];
}
else {
vErrors.push(err350);
}
errors++;
}
}
else {
const err351 = {instancePath:instancePath+"/spec/nodes/selector/matchLabels/" + key33.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchLabels/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err351];
}
else {
vErrors.push(err351);
}
errors++;
}
}
}
else {
const err352 = {instancePath:instancePath+"/spec/nodes/selector/matchLabels",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchLabels/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err352];
}
else {
vErrors.push(err352);
}
errors++;
}
}
if(data117.matchExpressions !== undefined){
let data120 = data117.matchExpressions;
if(Array.isArray(data120)){
if(data120.length > 32){
const err353 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items"};
if(vErrors === null){
vErrors = [err353];
}
else {
vErrors.push(err353);
}
errors++;
}
const len18 = data120.length;
for(let i18=0; i18<len18; i18++){
let data121 = data120[i18];
if(data121 && typeof data121 == "object" && !Array.isArray(data121)){
if(data121.key === undefined){
const err354 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18,schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "key"},message:"must have required property '"+"key"+"'"};
if(vErrors === null){
vErrors = [err354];
}
else {
vErrors.push(err354);
}
errors++;
}
if(data121.operator === undefined){
const err355 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18,schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "operator"},message:"must have required property '"+"operator"+"'"};
if(vErrors === null){
vErrors = [err355];
}
else {
vErrors.push(err355);
}
errors++;
}
for(const key34 in data121){
if(!(((key34 === "key") || (key34 === "operator")) || (key34 === "values"))){
const err356 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18,schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key34},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err356];
}
else {
vErrors.push(err356);
}
errors++;
}
}
if(data121.key !== undefined){
let data122 = data121.key;
if(typeof data122 === "string"){
if(func1(data122) > 317){
const err357 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/key",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/key/maxLength",keyword:"maxLength",params:{limit: 317},message:"must NOT have more than 317 characters"};
if(vErrors === null){
vErrors = [err357];
}
else {
vErrors.push(err357);
}
errors++;
}
if(func1(data122) < 1){
const err358 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/key",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/key/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err358];
}
else {
vErrors.push(err358);
}
errors++;
}
if(!pattern29.test(data122)){
const err359 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/key",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/key/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"},message:"must match pattern \""+"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err359];
}
else {
vErrors.push(err359);
}
errors++;
}
}
else {
const err360 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/key",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/key/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err360];
}
else {
vErrors.push(err360);
}
errors++;
}
}
if(data121.operator !== undefined){
let data123 = data121.operator;
if(!((((data123 === "In") || (data123 === "NotIn")) || (data123 === "Exists")) || (data123 === "DoesNotExist"))){
const err361 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/operator",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/operator/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.nodes.properties.selector.properties.matchExpressions.items.properties.operator.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err361];
}
else {
vErrors.push(err361);
}
errors++;
}
if(typeof data123 === "string"){
if(func1(data123) > 16){
const err362 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/operator",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/operator/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err362];
}
else {
vErrors.push(err362);
}
errors++;
}
}
else {
const err363 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/operator",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/operator/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err363];
}
else {
vErrors.push(err363);
}
errors++;
}
}
if(data121.values !== undefined){
let data124 = data121.values;
if(Array.isArray(data124)){
if(data124.length > 64){
const err364 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/values",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/values/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err364];
}
else {
vErrors.push(err364);
}
errors++;
}
const len19 = data124.length;
for(let i19=0; i19<len19; i19++){
let data125 = data124[i19];
if(typeof data125 === "string"){
if(func1(data125) > 63){
const err365 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/values/" + i19,schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/values/items/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err365];
}
else {
vErrors.push(err365);
}
errors++;
}
if(!pattern5.test(data125)){
const err366 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/values/" + i19,schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/values/items/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err366];
}
else {
vErrors.push(err366);
}
errors++;
}
}
else {
const err367 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/values/" + i19,schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/values/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err367];
}
else {
vErrors.push(err367);
}
errors++;
}
}
}
else {
const err368 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18+"/values",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/properties/values/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err368];
}
else {
vErrors.push(err368);
}
errors++;
}
}
}
else {
const err369 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions/" + i18,schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err369];
}
else {
vErrors.push(err369);
}
errors++;
}
}
}
else {
const err370 = {instancePath:instancePath+"/spec/nodes/selector/matchExpressions",schemaPath:"#/properties/spec/properties/nodes/properties/selector/properties/matchExpressions/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err370];
}
else {
vErrors.push(err370);
}
errors++;
}
}
}
else {
const err371 = {instancePath:instancePath+"/spec/nodes/selector",schemaPath:"#/properties/spec/properties/nodes/properties/selector/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err371];
}
else {
vErrors.push(err371);
}
errors++;
}
}
if(data116.onForbiddenDevice !== undefined){
let data126 = data116.onForbiddenDevice;
if(!((data126 === "Report") || (data126 === "Taint"))){
const err372 = {instancePath:instancePath+"/spec/nodes/onForbiddenDevice",schemaPath:"#/properties/spec/properties/nodes/properties/onForbiddenDevice/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.nodes.properties.onForbiddenDevice.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err372];
}
else {
vErrors.push(err372);
}
errors++;
}
if(typeof data126 === "string"){
if(func1(data126) > 16){
const err373 = {instancePath:instancePath+"/spec/nodes/onForbiddenDevice",schemaPath:"#/properties/spec/properties/nodes/properties/onForbiddenDevice/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err373];
}
else {
vErrors.push(err373);
}
errors++;
}
}
else {
const err374 = {instancePath:instancePath+"/spec/nodes/onForbiddenDevice",schemaPath:"#/properties/spec/properties/nodes/properties/onForbiddenDevice/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err374];
}
else {
vErrors.push(err374);
}
errors++;
}
}
if(data116.taint !== undefined){
let data127 = data116.taint;
if(data127 && typeof data127 == "object" && !Array.isArray(data127)){
for(const key35 in data127){
if(!(((key35 === "key") || (key35 === "value")) || (key35 === "effect"))){
const err375 = {instancePath:instancePath+"/spec/nodes/taint",schemaPath:"#/properties/spec/properties/nodes/properties/taint/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key35},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err375];
}
else {
vErrors.push(err375);
}
errors++;
}
}
if(data127.key !== undefined){
let data128 = data127.key;
if(typeof data128 === "string"){
if(func1(data128) > 317){
const err376 = {instancePath:instancePath+"/spec/nodes/taint/key",schemaPath:"#/properties/spec/properties/nodes/properties/taint/properties/key/maxLength",keyword:"maxLength",params:{limit: 317},message:"must NOT have more than 317 characters"};
if(vErrors === null){
vErrors = [err376];
}
else {
vErrors.push(err376);
}
errors++;
}
if(func1(data128) < 1){
const err377 = {instancePath:instancePath+"/spec/nodes/taint/key",schemaPath:"#/properties/spec/properties/nodes/properties/taint/properties/key/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err377];
}
else {
vErrors.push(err377);
}
errors++;
}
if(!pattern29.test(data128)){
const err378 = {instancePath:instancePath+"/spec/nodes/taint/key",schemaPath:"#/properties/spec/properties/nodes/properties/taint/properties/key/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"},message:"must match pattern \""+"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err378];
}
else {
vErrors.push(err378);
}
errors++;
}
}
else {
const err379 = {instancePath:instancePath+"/spec/nodes/taint/key",schemaPath:"#/properties/spec/properties/nodes/properties/taint/properties/key/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err379];
}
else {
vErrors.push(err379);
}
errors++;
}
}
if(data127.value !== undefined){
let data129 = data127.value;
if(typeof data129 === "string"){
if(func1(data129) > 63){
const err380 = {instancePath:instancePath+"/spec/nodes/taint/value",schemaPath:"#/properties/spec/properties/nodes/properties/taint/properties/value/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err380];
}
else {
vErrors.push(err380);
}
errors++;
}
if(!pattern5.test(data129)){
const err381 = {instancePath:instancePath+"/spec/nodes/taint/value",schemaPath:"#/properties/spec/properties/nodes/properties/taint/properties/value/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},message:"must match pattern \""+"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"+"\""};
if(vErrors === null){
vErrors = [err381];
}
else {
vErrors.push(err381);
}
errors++;
}
}
else {
const err382 = {instancePath:instancePath+"/spec/nodes/taint/value",schemaPath:"#/properties/spec/properties/nodes/properties/taint/properties/value/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err382];
}
else {
vErrors.push(err382);
}
errors++;
}
}
if(data127.effect !== undefined){
let data130 = data127.effect;
if(!((data130 === "NoSchedule") || (data130 === "PreferNoSchedule"))){
const err383 = {instancePath:instancePath+"/spec/nodes/taint/effect",schemaPath:"#/properties/spec/properties/nodes/properties/taint/properties/effect/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.nodes.properties.taint.properties.effect.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err383];
}
else {
vErrors.push(err383);
}
errors++;
}
if(typeof data130 === "string"){
if(func1(data130) > 32){
const err384 = {instancePath:instancePath+"/spec/nodes/taint/effect",schemaPath:"#/properties/spec/properties/nodes/properties/taint/properties/effect/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters"};
if(vErrors === null){
vErrors = [err384];
}
else {
vErrors.push(err384);
}
errors++;
}
}
else {
const err385 = {instancePath:instancePath+"/spec/nodes/taint/effect",schemaPath:"#/properties/spec/properties/nodes/properties/taint/properties/effect/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err385];
}
else {
vErrors.push(err385);
}
errors++;
}
}
}
else {
const err386 = {instancePath:instancePath+"/spec/nodes/taint",schemaPath:"#/properties/spec/properties/nodes/properties/taint/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err386];
}
else {
vErrors.push(err386);
}
errors++;
}
}
}
else {
const err387 = {instancePath:instancePath+"/spec/nodes",schemaPath:"#/properties/spec/properties/nodes/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err387];
}
else {
vErrors.push(err387);
}
errors++;
}
}
if(data15.proofs !== undefined){
let data131 = data15.proofs;
if(Array.isArray(data131)){
if(data131.length > 32){
const err388 = {instancePath:instancePath+"/spec/proofs",schemaPath:"#/properties/spec/properties/proofs/maxItems",keyword:"maxItems",params:{limit: 32},message:"must NOT have more than 32 items"};
if(vErrors === null){
vErrors = [err388];
}
else {
vErrors.push(err388);
}
errors++;
}
const len20 = data131.length;
for(let i20=0; i20<len20; i20++){
let data132 = data131[i20];
if(data132 && typeof data132 == "object" && !Array.isArray(data132)){
if(data132.name === undefined){
const err389 = {instancePath:instancePath+"/spec/proofs/" + i20,schemaPath:"#/properties/spec/properties/proofs/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err389];
}
else {
vErrors.push(err389);
}
errors++;
}
for(const key36 in data132){
if(!((((((((key36 === "name") || (key36 === "timeout")) || (key36 === "nvml")) || (key36 === "exec")) || (key36 === "http")) || (key36 === "file")) || (key36 === "performance")) || (key36 === "memory"))){
const err390 = {instancePath:instancePath+"/spec/proofs/" + i20,schemaPath:"#/properties/spec/properties/proofs/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key36},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err390];
}
else {
vErrors.push(err390);
}
errors++;
}
}
if(data132.name !== undefined){
let data133 = data132.name;
if(typeof data133 === "string"){
if(func1(data133) > 63){
const err391 = {instancePath:instancePath+"/spec/proofs/" + i20+"/name",schemaPath:"#/properties/spec/properties/proofs/items/properties/name/maxLength",keyword:"maxLength",params:{limit: 63},message:"must NOT have more than 63 characters"};
if(vErrors === null){
vErrors = [err391];
}
else {
vErrors.push(err391);
}
errors++;
}
if(func1(data133) < 1){
const err392 = {instancePath:instancePath+"/spec/proofs/" + i20+"/name",schemaPath:"#/properties/spec/properties/proofs/items/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err392];
}
else {
vErrors.push(err392);
}
errors++;
}
if(!pattern47.test(data133)){
const err393 = {instancePath:instancePath+"/spec/proofs/" + i20+"/name",schemaPath:"#/properties/spec/properties/proofs/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},message:"must match pattern \""+"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err393];
}
else {
vErrors.push(err393);
}
errors++;
}
}
else {
const err394 = {instancePath:instancePath+"/spec/proofs/" + i20+"/name",schemaPath:"#/properties/spec/properties/proofs/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err394];
}
else {
vErrors.push(err394);
}
errors++;
}
}
if(data132.timeout !== undefined){
let data134 = data132.timeout;
if(typeof data134 === "string"){
if(func1(data134) > 32){
const err395 = {instancePath:instancePath+"/spec/proofs/" + i20+"/timeout",schemaPath:"#/properties/spec/properties/proofs/items/properties/timeout/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters"};
if(vErrors === null){
vErrors = [err395];
}
else {
vErrors.push(err395);
}
errors++;
}
if(func1(data134) < 2){
const err396 = {instancePath:instancePath+"/spec/proofs/" + i20+"/timeout",schemaPath:"#/properties/spec/properties/proofs/items/properties/timeout/minLength",keyword:"minLength",params:{limit: 2},message:"must NOT have fewer than 2 characters"};
if(vErrors === null){
vErrors = [err396];
}
else {
vErrors.push(err396);
}
errors++;
}
if(!pattern6.test(data134)){
const err397 = {instancePath:instancePath+"/spec/proofs/" + i20+"/timeout",schemaPath:"#/properties/spec/properties/proofs/items/properties/timeout/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$"},message:"must match pattern \""+"^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$"+"\""};
if(vErrors === null){
vErrors = [err397];
}
else {
vErrors.push(err397);
}
errors++;
}
}
else {
const err398 = {instancePath:instancePath+"/spec/proofs/" + i20+"/timeout",schemaPath:"#/properties/spec/properties/proofs/items/properties/timeout/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err398];
}
else {
vErrors.push(err398);
}
errors++;
}
}
if(data132.nvml !== undefined){
let data135 = data132.nvml;
if(data135 && typeof data135 == "object" && !Array.isArray(data135)){
for(const key37 in data135){
if(!(((key37 === "match") || (key37 === "minDevices")) || (key37 === "minDriverVersion"))){
const err399 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key37},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err399];
}
else {
vErrors.push(err399);
}
errors++;
}
}
if(data135.match !== undefined){
let data136 = data135.match;
if(data136 && typeof data136 == "object" && !Array.isArray(data136)){
if(Object.keys(data136).length < 1){
const err400 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties"};
if(vErrors === null){
vErrors = [err400];
}
else {
vErrors.push(err400);
}
errors++;
}
for(const key38 in data136){
if(!(func3.call(schema31.properties.spec.properties.proofs.items.properties.nvml.properties.match.properties, key38))){
const err401 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key38},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err401];
}
else {
vErrors.push(err401);
}
errors++;
}
}
if(data136.productName !== undefined){
let data137 = data136.productName;
if(typeof data137 === "string"){
if(func1(data137) > 96){
const err402 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/productName",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/productName/maxLength",keyword:"maxLength",params:{limit: 96},message:"must NOT have more than 96 characters"};
if(vErrors === null){
vErrors = [err402];
}
else {
vErrors.push(err402);
}
errors++;
}
if(func1(data137) < 1){
const err403 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/productName",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/productName/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err403];
}
else {
vErrors.push(err403);
}
errors++;
}
}
else {
const err404 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/productName",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/productName/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err404];
}
else {
vErrors.push(err404);
}
errors++;
}
}
if(data136.productNamePattern !== undefined){
let data138 = data136.productNamePattern;
if(typeof data138 === "string"){
if(func1(data138) > 96){
const err405 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/productNamePattern",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/productNamePattern/maxLength",keyword:"maxLength",params:{limit: 96},message:"must NOT have more than 96 characters"};
if(vErrors === null){
vErrors = [err405];
}
else {
vErrors.push(err405);
}
errors++;
}
if(func1(data138) < 1){
const err406 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/productNamePattern",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/productNamePattern/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err406];
}
else {
vErrors.push(err406);
}
errors++;
}
}
else {
const err407 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/productNamePattern",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/productNamePattern/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err407];
}
else {
vErrors.push(err407);
}
errors++;
}
}
if(data136.uuid !== undefined){
let data139 = data136.uuid;
if(typeof data139 === "string"){
if(func1(data139) > 96){
const err408 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/uuid",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/uuid/maxLength",keyword:"maxLength",params:{limit: 96},message:"must NOT have more than 96 characters"};
if(vErrors === null){
vErrors = [err408];
}
else {
vErrors.push(err408);
}
errors++;
}
if(func1(data139) < 5){
const err409 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/uuid",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/uuid/minLength",keyword:"minLength",params:{limit: 5},message:"must NOT have fewer than 5 characters"};
if(vErrors === null){
vErrors = [err409];
}
else {
vErrors.push(err409);
}
errors++;
}
if(!pattern7.test(data139)){
const err410 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/uuid",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/uuid/pattern",keyword:"pattern",params:{pattern: "^(GPU|MIG)-[0-9A-Za-z/-]+$"},message:"must match pattern \""+"^(GPU|MIG)-[0-9A-Za-z/-]+$"+"\""};
if(vErrors === null){
vErrors = [err410];
}
else {
vErrors.push(err410);
}
errors++;
}
}
else {
const err411 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/uuid",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/uuid/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err411];
}
else {
vErrors.push(err411);
}
errors++;
}
}
if(data136.pciBusId !== undefined){
let data140 = data136.pciBusId;
if(typeof data140 === "string"){
if(func1(data140) > 16){
const err412 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/pciBusId",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/pciBusId/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err412];
}
else {
vErrors.push(err412);
}
errors++;
}
if(!pattern8.test(data140)){
const err413 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/pciBusId",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/pciBusId/pattern",keyword:"pattern",params:{pattern: "^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$"},message:"must match pattern \""+"^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$"+"\""};
if(vErrors === null){
vErrors = [err413];
}
else {
vErrors.push(err413);
}
errors++;
}
}
else {
const err414 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/pciBusId",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/pciBusId/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err414];
}
else {
vErrors.push(err414);
}
errors++;
}
}
if(data136.pciDeviceId !== undefined){
let data141 = data136.pciDeviceId;
if(typeof data141 === "string"){
if(func1(data141) > 10){
const err415 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/pciDeviceId",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/pciDeviceId/maxLength",keyword:"maxLength",params:{limit: 10},message:"must NOT have more than 10 characters"};
if(vErrors === null){
vErrors = [err415];
}
else {
vErrors.push(err415);
}
errors++;
}
if(!pattern9.test(data141)){
const err416 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/pciDeviceId",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/pciDeviceId/pattern",keyword:"pattern",params:{pattern: "^0[xX][0-9A-Fa-f]{8}$"},message:"must match pattern \""+"^0[xX][0-9A-Fa-f]{8}$"+"\""};
if(vErrors === null){
vErrors = [err416];
}
else {
vErrors.push(err416);
}
errors++;
}
}
else {
const err417 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/pciDeviceId",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/pciDeviceId/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err417];
}
else {
vErrors.push(err417);
}
errors++;
}
}
if(data136.minMemory !== undefined){
let data142 = data136.minMemory;
const _errs346 = errors;
let valid86 = false;
const _errs347 = errors;
if(!(((typeof data142 == "number") && (!(data142 % 1) && !isNaN(data142))) && (isFinite(data142)))){
const err418 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/minMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/minMemory/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err418];
}
else {
vErrors.push(err418);
}
errors++;
}
var _valid5 = _errs347 === errors;
valid86 = valid86 || _valid5;
const _errs349 = errors;
if(typeof data142 !== "string"){
const err419 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/minMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/minMemory/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err419];
}
else {
vErrors.push(err419);
}
errors++;
}
var _valid5 = _errs349 === errors;
valid86 = valid86 || _valid5;
if(!valid86){
const err420 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/minMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/minMemory/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err420];
}
else {
vErrors.push(err420);
}
errors++;
}
else {
errors = _errs346;
if(vErrors !== null){
if(_errs346){
vErrors.length = _errs346;
}
else {
vErrors = null;
}
}
}
if((typeof data142 == "number") && (isFinite(data142))){
if(data142 < 0 || isNaN(data142)){
const err421 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/minMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/minMemory/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err421];
}
else {
vErrors.push(err421);
}
errors++;
}
}
if(typeof data142 === "string"){
if(func1(data142) > 24){
const err422 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/minMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/minMemory/maxLength",keyword:"maxLength",params:{limit: 24},message:"must NOT have more than 24 characters"};
if(vErrors === null){
vErrors = [err422];
}
else {
vErrors.push(err422);
}
errors++;
}
if(!pattern10.test(data142)){
const err423 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/minMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/minMemory/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"},message:"must match pattern \""+"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"+"\""};
if(vErrors === null){
vErrors = [err423];
}
else {
vErrors.push(err423);
}
errors++;
}
}
}
if(data136.maxMemory !== undefined){
let data143 = data136.maxMemory;
const _errs352 = errors;
let valid87 = false;
const _errs353 = errors;
if(!(((typeof data143 == "number") && (!(data143 % 1) && !isNaN(data143))) && (isFinite(data143)))){
const err424 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/maxMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/maxMemory/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err424];
}
else {
vErrors.push(err424);
}
errors++;
}
var _valid6 = _errs353 === errors;
valid87 = valid87 || _valid6;
const _errs355 = errors;
if(typeof data143 !== "string"){
const err425 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/maxMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/maxMemory/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err425];
}
else {
vErrors.push(err425);
}
errors++;
}
var _valid6 = _errs355 === errors;
valid87 = valid87 || _valid6;
if(!valid87){
const err426 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/maxMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/maxMemory/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err426];
}
else {
vErrors.push(err426);
}
errors++;
}
else {
errors = _errs352;
if(vErrors !== null){
if(_errs352){
vErrors.length = _errs352;
}
else {
vErrors = null;
}
}
}
if((typeof data143 == "number") && (isFinite(data143))){
if(data143 < 0 || isNaN(data143)){
const err427 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/maxMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/maxMemory/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err427];
}
else {
vErrors.push(err427);
}
errors++;
}
}
if(typeof data143 === "string"){
if(func1(data143) > 24){
const err428 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/maxMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/maxMemory/maxLength",keyword:"maxLength",params:{limit: 24},message:"must NOT have more than 24 characters"};
if(vErrors === null){
vErrors = [err428];
}
else {
vErrors.push(err428);
}
errors++;
}
if(!pattern10.test(data143)){
const err429 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/maxMemory",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/maxMemory/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"},message:"must match pattern \""+"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"+"\""};
if(vErrors === null){
vErrors = [err429];
}
else {
vErrors.push(err429);
}
errors++;
}
}
}
if(data136.computeCapability !== undefined){
let data144 = data136.computeCapability;
if(data144 && typeof data144 == "object" && !Array.isArray(data144)){
if(Object.keys(data144).length < 1){
const err430 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/computeCapability",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/computeCapability/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties"};
if(vErrors === null){
vErrors = [err430];
}
else {
vErrors.push(err430);
}
errors++;
}
for(const key39 in data144){
if(!((key39 === "min") || (key39 === "max"))){
const err431 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/computeCapability",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/computeCapability/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key39},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err431];
}
else {
vErrors.push(err431);
}
errors++;
}
}
if(data144.min !== undefined){
let data145 = data144.min;
if(typeof data145 === "string"){
if(func1(data145) > 8){
const err432 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/computeCapability/min",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/computeCapability/properties/min/maxLength",keyword:"maxLength",params:{limit: 8},message:"must NOT have more than 8 characters"};
if(vErrors === null){
vErrors = [err432];
}
else {
vErrors.push(err432);
}
errors++;
}
if(!pattern12.test(data145)){
const err433 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/computeCapability/min",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/computeCapability/properties/min/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,3}\\.[0-9]$"},message:"must match pattern \""+"^[0-9]{1,3}\\.[0-9]$"+"\""};
if(vErrors === null){
vErrors = [err433];
}
else {
vErrors.push(err433);
}
errors++;
}
}
else {
const err434 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/computeCapability/min",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/computeCapability/properties/min/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err434];
}
else {
vErrors.push(err434);
}
errors++;
}
}
if(data144.max !== undefined){
let data146 = data144.max;
if(typeof data146 === "string"){
if(func1(data146) > 8){
const err435 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/computeCapability/max",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/computeCapability/properties/max/maxLength",keyword:"maxLength",params:{limit: 8},message:"must NOT have more than 8 characters"};
if(vErrors === null){
vErrors = [err435];
}
else {
vErrors.push(err435);
}
errors++;
}
if(!pattern12.test(data146)){
const err436 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/computeCapability/max",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/computeCapability/properties/max/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,3}\\.[0-9]$"},message:"must match pattern \""+"^[0-9]{1,3}\\.[0-9]$"+"\""};
if(vErrors === null){
vErrors = [err436];
}
else {
vErrors.push(err436);
}
errors++;
}
}
else {
const err437 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/computeCapability/max",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/computeCapability/properties/max/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err437];
}
else {
vErrors.push(err437);
}
errors++;
}
}
}
else {
const err438 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/computeCapability",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/computeCapability/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err438];
}
else {
vErrors.push(err438);
}
errors++;
}
}
if(data136.mig !== undefined){
let data147 = data136.mig;
if(!((data147 === "Enabled") || (data147 === "Disabled"))){
const err439 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/mig",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/mig/enum",keyword:"enum",params:{allowedValues: schema31.properties.spec.properties.proofs.items.properties.nvml.properties.match.properties.mig.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err439];
}
else {
vErrors.push(err439);
}
errors++;
}
if(typeof data147 === "string"){
if(func1(data147) > 16){
const err440 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/mig",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/mig/maxLength",keyword:"maxLength",params:{limit: 16},message:"must NOT have more than 16 characters"};
if(vErrors === null){
vErrors = [err440];
}
else {
vErrors.push(err440);
}
errors++;
}
}
else {
const err441 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match/mig",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/properties/mig/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err441];
}
else {
vErrors.push(err441);
}
errors++;
}
}
}
else {
const err442 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/match",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/match/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err442];
}
else {
vErrors.push(err442);
}
errors++;
}
}
if(data135.minDevices !== undefined){
let data148 = data135.minDevices;
if(!(((typeof data148 == "number") && (!(data148 % 1) && !isNaN(data148))) && (isFinite(data148)))){
const err443 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/minDevices",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/minDevices/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err443];
}
else {
vErrors.push(err443);
}
errors++;
}
if((typeof data148 == "number") && (isFinite(data148))){
if(data148 > 64 || isNaN(data148)){
const err444 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/minDevices",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/minDevices/maximum",keyword:"maximum",params:{comparison: "<=", limit: 64},message:"must be <= 64"};
if(vErrors === null){
vErrors = [err444];
}
else {
vErrors.push(err444);
}
errors++;
}
if(data148 < 0 || isNaN(data148)){
const err445 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/minDevices",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/minDevices/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err445];
}
else {
vErrors.push(err445);
}
errors++;
}
}
}
if(data135.minDriverVersion !== undefined){
let data149 = data135.minDriverVersion;
if(typeof data149 === "string"){
if(func1(data149) > 32){
const err446 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/minDriverVersion",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/minDriverVersion/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters"};
if(vErrors === null){
vErrors = [err446];
}
else {
vErrors.push(err446);
}
errors++;
}
if(!pattern56.test(data149)){
const err447 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/minDriverVersion",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/minDriverVersion/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,5}(\\.[0-9]{1,5}){0,3}$"},message:"must match pattern \""+"^[0-9]{1,5}(\\.[0-9]{1,5}){0,3}$"+"\""};
if(vErrors === null){
vErrors = [err447];
}
else {
vErrors.push(err447);
}
errors++;
}
}
else {
const err448 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml/minDriverVersion",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/properties/minDriverVersion/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err448];
}
else {
vErrors.push(err448);
}
errors++;
}
}
}
else {
const err449 = {instancePath:instancePath+"/spec/proofs/" + i20+"/nvml",schemaPath:"#/properties/spec/properties/proofs/items/properties/nvml/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err449];
}
else {
vErrors.push(err449);
}
errors++;
}
}
if(data132.exec !== undefined){
let data150 = data132.exec;
if(data150 && typeof data150 == "object" && !Array.isArray(data150)){
if(data150.command === undefined){
const err450 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/required",keyword:"required",params:{missingProperty: "command"},message:"must have required property '"+"command"+"'"};
if(vErrors === null){
vErrors = [err450];
}
else {
vErrors.push(err450);
}
errors++;
}
if(data150.line === undefined){
const err451 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/required",keyword:"required",params:{missingProperty: "line"},message:"must have required property '"+"line"+"'"};
if(vErrors === null){
vErrors = [err451];
}
else {
vErrors.push(err451);
}
errors++;
}
for(const key40 in data150){
if(!(((key40 === "command") || (key40 === "line")) || (key40 === "exitCode"))){
const err452 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key40},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err452];
}
else {
vErrors.push(err452);
}
errors++;
}
}
if(data150.command !== undefined){
let data151 = data150.command;
if(Array.isArray(data151)){
if(data151.length > 64){
const err453 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/command",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/command/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err453];
}
else {
vErrors.push(err453);
}
errors++;
}
if(data151.length < 1){
const err454 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/command",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/command/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err454];
}
else {
vErrors.push(err454);
}
errors++;
}
const len21 = data151.length;
for(let i21=0; i21<len21; i21++){
let data152 = data151[i21];
if(typeof data152 === "string"){
if(func1(data152) > 4096){
const err455 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/command/" + i21,schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/command/items/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err455];
}
else {
vErrors.push(err455);
}
errors++;
}
if(!pattern57.test(data152)){
const err456 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/command/" + i21,schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/command/items/pattern",keyword:"pattern",params:{pattern: "^[^\\x00]*$"},message:"must match pattern \""+"^[^\\x00]*$"+"\""};
if(vErrors === null){
vErrors = [err456];
}
else {
vErrors.push(err456);
}
errors++;
}
}
else {
const err457 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/command/" + i21,schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/command/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err457];
}
else {
vErrors.push(err457);
}
errors++;
}
}
}
else {
const err458 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/command",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/command/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err458];
}
else {
vErrors.push(err458);
}
errors++;
}
}
if(data150.line !== undefined){
let data153 = data150.line;
if(typeof data153 === "string"){
if(func1(data153) > 1024){
const err459 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/line",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/line/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err459];
}
else {
vErrors.push(err459);
}
errors++;
}
if(func1(data153) < 1){
const err460 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/line",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/line/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err460];
}
else {
vErrors.push(err460);
}
errors++;
}
}
else {
const err461 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/line",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/line/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err461];
}
else {
vErrors.push(err461);
}
errors++;
}
}
if(data150.exitCode !== undefined){
let data154 = data150.exitCode;
if(!(((typeof data154 == "number") && (!(data154 % 1) && !isNaN(data154))) && (isFinite(data154)))){
const err462 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/exitCode",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/exitCode/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err462];
}
else {
vErrors.push(err462);
}
errors++;
}
if((typeof data154 == "number") && (isFinite(data154))){
if(data154 > 255 || isNaN(data154)){
const err463 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/exitCode",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/exitCode/maximum",keyword:"maximum",params:{comparison: "<=", limit: 255},message:"must be <= 255"};
if(vErrors === null){
vErrors = [err463];
}
else {
vErrors.push(err463);
}
errors++;
}
if(data154 < 0 || isNaN(data154)){
const err464 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec/exitCode",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/properties/exitCode/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err464];
}
else {
vErrors.push(err464);
}
errors++;
}
}
}
}
else {
const err465 = {instancePath:instancePath+"/spec/proofs/" + i20+"/exec",schemaPath:"#/properties/spec/properties/proofs/items/properties/exec/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err465];
}
else {
vErrors.push(err465);
}
errors++;
}
}
if(data132.http !== undefined){
let data155 = data132.http;
if(data155 && typeof data155 == "object" && !Array.isArray(data155)){
if(data155.url === undefined){
const err466 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/required",keyword:"required",params:{missingProperty: "url"},message:"must have required property '"+"url"+"'"};
if(vErrors === null){
vErrors = [err466];
}
else {
vErrors.push(err466);
}
errors++;
}
for(const key41 in data155){
if(!(((key41 === "url") || (key41 === "status")) || (key41 === "body"))){
const err467 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key41},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err467];
}
else {
vErrors.push(err467);
}
errors++;
}
}
if(data155.url !== undefined){
let data156 = data155.url;
if(typeof data156 === "string"){
if(func1(data156) > 2048){
const err468 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http/url",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/properties/url/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err468];
}
else {
vErrors.push(err468);
}
errors++;
}
if(!pattern58.test(data156)){
const err469 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http/url",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/properties/url/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s]+$"},message:"must match pattern \""+"^https?://[^\\s]+$"+"\""};
if(vErrors === null){
vErrors = [err469];
}
else {
vErrors.push(err469);
}
errors++;
}
}
else {
const err470 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http/url",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/properties/url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err470];
}
else {
vErrors.push(err470);
}
errors++;
}
}
if(data155.status !== undefined){
let data157 = data155.status;
if(!(((typeof data157 == "number") && (!(data157 % 1) && !isNaN(data157))) && (isFinite(data157)))){
const err471 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http/status",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/properties/status/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err471];
}
else {
vErrors.push(err471);
}
errors++;
}
if((typeof data157 == "number") && (isFinite(data157))){
if(data157 > 599 || isNaN(data157)){
const err472 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http/status",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/properties/status/maximum",keyword:"maximum",params:{comparison: "<=", limit: 599},message:"must be <= 599"};
if(vErrors === null){
vErrors = [err472];
}
else {
vErrors.push(err472);
}
errors++;
}
if(data157 < 100 || isNaN(data157)){
const err473 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http/status",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/properties/status/minimum",keyword:"minimum",params:{comparison: ">=", limit: 100},message:"must be >= 100"};
if(vErrors === null){
vErrors = [err473];
}
else {
vErrors.push(err473);
}
errors++;
}
}
}
if(data155.body !== undefined){
let data158 = data155.body;
if(typeof data158 === "string"){
if(func1(data158) > 1024){
const err474 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http/body",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/properties/body/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err474];
}
else {
vErrors.push(err474);
}
errors++;
}
if(func1(data158) < 1){
const err475 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http/body",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/properties/body/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err475];
}
else {
vErrors.push(err475);
}
errors++;
}
}
else {
const err476 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http/body",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/properties/body/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err476];
}
else {
vErrors.push(err476);
}
errors++;
}
}
}
else {
const err477 = {instancePath:instancePath+"/spec/proofs/" + i20+"/http",schemaPath:"#/properties/spec/properties/proofs/items/properties/http/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err477];
}
else {
vErrors.push(err477);
}
errors++;
}
}
if(data132.file !== undefined){
let data159 = data132.file;
if(data159 && typeof data159 == "object" && !Array.isArray(data159)){
if(data159.path === undefined){
const err478 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/required",keyword:"required",params:{missingProperty: "path"},message:"must have required property '"+"path"+"'"};
if(vErrors === null){
vErrors = [err478];
}
else {
vErrors.push(err478);
}
errors++;
}
for(const key42 in data159){
if(!(((key42 === "path") || (key42 === "maxAge")) || (key42 === "minSize"))){
const err479 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key42},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err479];
}
else {
vErrors.push(err479);
}
errors++;
}
}
if(data159.path !== undefined){
let data160 = data159.path;
if(typeof data160 === "string"){
if(func1(data160) > 1024){
const err480 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/path",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/path/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err480];
}
else {
vErrors.push(err480);
}
errors++;
}
if(func1(data160) < 1){
const err481 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/path",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/path/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err481];
}
else {
vErrors.push(err481);
}
errors++;
}
if(!pattern23.test(data160)){
const err482 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/path",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/path/pattern",keyword:"pattern",params:{pattern: "^(([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$"},message:"must match pattern \""+"^(([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$"+"\""};
if(vErrors === null){
vErrors = [err482];
}
else {
vErrors.push(err482);
}
errors++;
}
}
else {
const err483 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/path",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err483];
}
else {
vErrors.push(err483);
}
errors++;
}
}
if(data159.maxAge !== undefined){
let data161 = data159.maxAge;
if(typeof data161 === "string"){
if(func1(data161) > 32){
const err484 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/maxAge",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/maxAge/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters"};
if(vErrors === null){
vErrors = [err484];
}
else {
vErrors.push(err484);
}
errors++;
}
if(func1(data161) < 2){
const err485 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/maxAge",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/maxAge/minLength",keyword:"minLength",params:{limit: 2},message:"must NOT have fewer than 2 characters"};
if(vErrors === null){
vErrors = [err485];
}
else {
vErrors.push(err485);
}
errors++;
}
if(!pattern6.test(data161)){
const err486 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/maxAge",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/maxAge/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$"},message:"must match pattern \""+"^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$"+"\""};
if(vErrors === null){
vErrors = [err486];
}
else {
vErrors.push(err486);
}
errors++;
}
}
else {
const err487 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/maxAge",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/maxAge/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err487];
}
else {
vErrors.push(err487);
}
errors++;
}
}
if(data159.minSize !== undefined){
let data162 = data159.minSize;
const _errs398 = errors;
let valid94 = false;
const _errs399 = errors;
if(!(((typeof data162 == "number") && (!(data162 % 1) && !isNaN(data162))) && (isFinite(data162)))){
const err488 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/minSize",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/minSize/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err488];
}
else {
vErrors.push(err488);
}
errors++;
}
var _valid7 = _errs399 === errors;
valid94 = valid94 || _valid7;
const _errs401 = errors;
if(typeof data162 !== "string"){
const err489 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/minSize",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/minSize/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err489];
}
else {
vErrors.push(err489);
}
errors++;
}
var _valid7 = _errs401 === errors;
valid94 = valid94 || _valid7;
if(!valid94){
const err490 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/minSize",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/minSize/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err490];
}
else {
vErrors.push(err490);
}
errors++;
}
else {
errors = _errs398;
if(vErrors !== null){
if(_errs398){
vErrors.length = _errs398;
}
else {
vErrors = null;
}
}
}
if((typeof data162 == "number") && (isFinite(data162))){
if(data162 < 0 || isNaN(data162)){
const err491 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/minSize",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/minSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err491];
}
else {
vErrors.push(err491);
}
errors++;
}
}
if(typeof data162 === "string"){
if(func1(data162) > 24){
const err492 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/minSize",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/minSize/maxLength",keyword:"maxLength",params:{limit: 24},message:"must NOT have more than 24 characters"};
if(vErrors === null){
vErrors = [err492];
}
else {
vErrors.push(err492);
}
errors++;
}
if(!pattern10.test(data162)){
const err493 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file/minSize",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/properties/minSize/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"},message:"must match pattern \""+"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"+"\""};
if(vErrors === null){
vErrors = [err493];
}
else {
vErrors.push(err493);
}
errors++;
}
}
}
}
else {
const err494 = {instancePath:instancePath+"/spec/proofs/" + i20+"/file",schemaPath:"#/properties/spec/properties/proofs/items/properties/file/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err494];
}
else {
vErrors.push(err494);
}
errors++;
}
}
if(data132.performance !== undefined){
let data163 = data132.performance;
if(data163 && typeof data163 == "object" && !Array.isArray(data163)){
if(data163.command === undefined){
const err495 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/required",keyword:"required",params:{missingProperty: "command"},message:"must have required property '"+"command"+"'"};
if(vErrors === null){
vErrors = [err495];
}
else {
vErrors.push(err495);
}
errors++;
}
for(const key43 in data163){
if(!(((key43 === "command") || (key43 === "maxLoss")) || (key43 === "runs"))){
const err496 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key43},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err496];
}
else {
vErrors.push(err496);
}
errors++;
}
}
if(data163.command !== undefined){
let data164 = data163.command;
if(Array.isArray(data164)){
if(data164.length > 64){
const err497 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/command",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/command/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err497];
}
else {
vErrors.push(err497);
}
errors++;
}
if(data164.length < 1){
const err498 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/command",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/command/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err498];
}
else {
vErrors.push(err498);
}
errors++;
}
const len22 = data164.length;
for(let i22=0; i22<len22; i22++){
let data165 = data164[i22];
if(typeof data165 === "string"){
if(func1(data165) > 4096){
const err499 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/command/" + i22,schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/command/items/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err499];
}
else {
vErrors.push(err499);
}
errors++;
}
if(!pattern57.test(data165)){
const err500 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/command/" + i22,schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/command/items/pattern",keyword:"pattern",params:{pattern: "^[^\\x00]*$"},message:"must match pattern \""+"^[^\\x00]*$"+"\""};
if(vErrors === null){
vErrors = [err500];
}
else {
vErrors.push(err500);
}
errors++;
}
}
else {
const err501 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/command/" + i22,schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/command/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err501];
}
else {
vErrors.push(err501);
}
errors++;
}
}
}
else {
const err502 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/command",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/command/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err502];
}
else {
vErrors.push(err502);
}
errors++;
}
}
if(data163.maxLoss !== undefined){
let data166 = data163.maxLoss;
if(typeof data166 === "string"){
if(func1(data166) > 8){
const err503 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/maxLoss",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/maxLoss/maxLength",keyword:"maxLength",params:{limit: 8},message:"must NOT have more than 8 characters"};
if(vErrors === null){
vErrors = [err503];
}
else {
vErrors.push(err503);
}
errors++;
}
if(!pattern63.test(data166)){
const err504 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/maxLoss",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/maxLoss/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,3}(\\.[0-9]{1,2})?%$"},message:"must match pattern \""+"^[0-9]{1,3}(\\.[0-9]{1,2})?%$"+"\""};
if(vErrors === null){
vErrors = [err504];
}
else {
vErrors.push(err504);
}
errors++;
}
}
else {
const err505 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/maxLoss",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/maxLoss/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err505];
}
else {
vErrors.push(err505);
}
errors++;
}
}
if(data163.runs !== undefined){
let data167 = data163.runs;
if(!(((typeof data167 == "number") && (!(data167 % 1) && !isNaN(data167))) && (isFinite(data167)))){
const err506 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/runs",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/runs/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err506];
}
else {
vErrors.push(err506);
}
errors++;
}
if((typeof data167 == "number") && (isFinite(data167))){
if(data167 > 100 || isNaN(data167)){
const err507 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/runs",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/runs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100"};
if(vErrors === null){
vErrors = [err507];
}
else {
vErrors.push(err507);
}
errors++;
}
if(data167 < 1 || isNaN(data167)){
const err508 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance/runs",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/properties/runs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err508];
}
else {
vErrors.push(err508);
}
errors++;
}
}
}
}
else {
const err509 = {instancePath:instancePath+"/spec/proofs/" + i20+"/performance",schemaPath:"#/properties/spec/properties/proofs/items/properties/performance/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err509];
}
else {
vErrors.push(err509);
}
errors++;
}
}
if(data132.memory !== undefined){
let data168 = data132.memory;
if(data168 && typeof data168 == "object" && !Array.isArray(data168)){
for(const key44 in data168){
if(!(key44 === "maxLeft")){
const err510 = {instancePath:instancePath+"/spec/proofs/" + i20+"/memory",schemaPath:"#/properties/spec/properties/proofs/items/properties/memory/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key44},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err510];
}
else {
vErrors.push(err510);
}
errors++;
}
}
if(data168.maxLeft !== undefined){
let data169 = data168.maxLeft;
const _errs418 = errors;
let valid99 = false;
const _errs419 = errors;
if(!(((typeof data169 == "number") && (!(data169 % 1) && !isNaN(data169))) && (isFinite(data169)))){
const err511 = {instancePath:instancePath+"/spec/proofs/" + i20+"/memory/maxLeft",schemaPath:"#/properties/spec/properties/proofs/items/properties/memory/properties/maxLeft/anyOf/0/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err511];
}
else {
vErrors.push(err511);
}
errors++;
}
var _valid8 = _errs419 === errors;
valid99 = valid99 || _valid8;
const _errs421 = errors;
if(typeof data169 !== "string"){
const err512 = {instancePath:instancePath+"/spec/proofs/" + i20+"/memory/maxLeft",schemaPath:"#/properties/spec/properties/proofs/items/properties/memory/properties/maxLeft/anyOf/1/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err512];
}
else {
vErrors.push(err512);
}
errors++;
}
var _valid8 = _errs421 === errors;
valid99 = valid99 || _valid8;
if(!valid99){
const err513 = {instancePath:instancePath+"/spec/proofs/" + i20+"/memory/maxLeft",schemaPath:"#/properties/spec/properties/proofs/items/properties/memory/properties/maxLeft/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err513];
}
else {
vErrors.push(err513);
}
errors++;
}
else {
errors = _errs418;
if(vErrors !== null){
if(_errs418){
vErrors.length = _errs418;
}
else {
vErrors = null;
}
}
}
if((typeof data169 == "number") && (isFinite(data169))){
if(data169 < 0 || isNaN(data169)){
const err514 = {instancePath:instancePath+"/spec/proofs/" + i20+"/memory/maxLeft",schemaPath:"#/properties/spec/properties/proofs/items/properties/memory/properties/maxLeft/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err514];
}
else {
vErrors.push(err514);
}
errors++;
}
}
if(typeof data169 === "string"){
if(func1(data169) > 24){
const err515 = {instancePath:instancePath+"/spec/proofs/" + i20+"/memory/maxLeft",schemaPath:"#/properties/spec/properties/proofs/items/properties/memory/properties/maxLeft/maxLength",keyword:"maxLength",params:{limit: 24},message:"must NOT have more than 24 characters"};
if(vErrors === null){
vErrors = [err515];
}
else {
vErrors.push(err515);
}
errors++;
}
if(!pattern10.test(data169)){
const err516 = {instancePath:instancePath+"/spec/proofs/" + i20+"/memory/maxLeft",schemaPath:"#/properties/spec/properties/proofs/items/properties/memory/properties/maxLeft/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"},message:"must match pattern \""+"^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$"+"\""};
if(vErrors === null){
vErrors = [err516];
}
else {
vErrors.push(err516);
}
errors++;
}
}
}
}
else {
const err517 = {instancePath:instancePath+"/spec/proofs/" + i20+"/memory",schemaPath:"#/properties/spec/properties/proofs/items/properties/memory/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err517];
}
else {
vErrors.push(err517);
}
errors++;
}
}
}
else {
const err518 = {instancePath:instancePath+"/spec/proofs/" + i20,schemaPath:"#/properties/spec/properties/proofs/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err518];
}
else {
vErrors.push(err518);
}
errors++;
}
}
}
else {
const err519 = {instancePath:instancePath+"/spec/proofs",schemaPath:"#/properties/spec/properties/proofs/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err519];
}
else {
vErrors.push(err519);
}
errors++;
}
}
}
else {
const err520 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err520];
}
else {
vErrors.push(err520);
}
errors++;
}
}
}
else {
const err521 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err521];
}
else {
vErrors.push(err521);
}
errors++;
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};
